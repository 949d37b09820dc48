"""Which description a language identifier has: what the user gives, a file beside the model, or one of ours.

Ours are of fastText's lid.176, GlotLID v3 and OpenLID v2 and v3, which are known by their file's name or
their SHA-256. A model that none of this describes gets its text as it stands, and is not refused.
"""

from pathlib import Path

from ccnet_lite.errors import UserError
from ccnet_lite.models.description import UNDESCRIBED, Description, read_description
from ccnet_lite.models.files import KNOWN_MODELS, file_sha256

BUILT_IN = {
    "lid.176": Description("lid.176"),
    # zxx_Latn is text of a wrong encoding and the like; und_Xsux, text in a script of unknown languages.
    "glotlid-v3": Description("glotlid-v3"),
    "openlid-v2": Description("openlid-v2", "openlid"),
    "openlid-v3": Description("openlid-v3", "openlid"),
}
_DIGESTS = {
    **{known.sha256: "lid.176" for known in KNOWN_MODELS.values()},
    "a818b6bd42a628ab47d3dfc1578c7ea615c45381f3494c42535e31e8c4cafc9e": "glotlid-v3",
    "336f91db1a54a8390c6da85d8d34e8308b9ee3a6d34059f5bda4ac789334193d": "glotlid-v3",
    "aeed00d143f342be8a4883ee821f5e9db616cedcfa613ef3b408f0d849440b0c": "openlid-v2",
}
_FILES = {
    **dict.fromkeys(KNOWN_MODELS, "lid.176"),
    **dict.fromkeys(("model_v3.bin", "glotlid_v3.bin", "glotlid-v3.bin"), "glotlid-v3"),
    **dict.fromkeys(("openlid_v2.bin", "openlid-v2.bin", "lid201-model.bin", "lid201-model.ftz"), "openlid-v2"),
    **dict.fromkeys(("openlid_v3.bin", "openlid-v3.bin"), "openlid-v3"),
}


def find_description(model: Path, given: str = "", name: str = "") -> Description:
    """The description of a model.

    Args:
        model: The model's file.
        given: A TOML file, or the name of one of ours; empty: what is beside the model, or known of it.
        name: What the user calls the model, where its file has another name here.

    Raises:
        UserError: there is no such description, or it will not do: its file and key.
    """
    if given in BUILT_IN:
        return BUILT_IN[given]
    if given:
        if not Path(given).is_file():
            raise UserError(
                f"language.description: {given} does not exist: give a TOML file, or one of {', '.join(BUILT_IN)}"
            )
        return _read(Path(given))
    beside = model.with_suffix(".toml")
    if beside.is_file():
        return _read(beside)
    known = _FILES.get(name.rpartition("/")[2] or model.name) or _DIGESTS.get(file_sha256(model))
    return BUILT_IN[known] if known else UNDESCRIBED


def _read(file: Path) -> Description:
    return read_description(file.read_text(encoding="utf-8", errors="replace"), str(file))
