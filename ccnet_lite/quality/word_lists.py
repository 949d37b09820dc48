"""Lists of words as people keep them: for URLs with weights, for toxicity a file a language."""

import tomllib
from pathlib import Path

from ccnet_lite.errors import UserError
from ccnet_lite.text.phrases import Phrases

SPOKEN_OF = ("food", "revenge", "child", "deepfake", "anti", "ruin", "no", "torture", "poverty", "war", "earth")
SPOKEN_AS = (
    "addiction",
    "law",
    "laws",
    "ban",
    "bans",
    "charges",
    "case",
    "scandal",
    "filter",
    "filters",
    "block",
    "use",
)
"""Words before and behind porn where news and studies speak of it."""
XXX = [
    pair
    for word in ("video", "videos", "movie", "movies", "sex", "free")
    for pair in (("xxx", word), (word, "xxx"))
]
"""Words beside which xxx is no number of thirty and nothing left out."""
ADULT = {
    **dict.fromkeys(("porn", "porno", "sexcam", "sexcams", "hentai", "camgirls", "gangbang", "xnxx"), 1.0),
    **dict.fromkeys(("*porntube*", "*pornhub*", "*xvideos*", "*xhamster*", "*sexvideo*", "*freeporn*"), 1.0),
    **dict.fromkeys(("blowjob", "cumshot", "creampie", "deepthroat", "upskirt", "bukkake", "fetish"), 0.5),
    **dict.fromkeys(("*redtube*", "*youporn*", "bokep", "порно", "порнуха", "хентай", "سكس", "야동"), 1.0),
    **dict.fromkeys(
        ("*無修正*", "*エロ動画*", "*黄色视频*", "*成人视频*", "*成人影片*", "*色情网*", "sikiş", "chudai"), 1.0
    ),
    **dict.fromkeys(
        ("xxx", "milf", "sex", "nude", "naked", "escort", "escorts", "adult", "erotic", "webcam"), 0.4
    ),
    **dict.fromkeys(("18plus", "sexo", "sexe", "sesso", "секс", "sikis"), 0.4),
    **dict.fromkeys((f"{one}{sign}{other}" for one, other in XXX for sign in "-_"), 1.0),
    **dict.fromkeys(("*.xxx/*", "*//xxx.*", "*//www.xxx.*", "*xxxvideo*", "*xxxporn*"), 1.0),
    **dict.fromkeys(("super-bowl-xxx", "super_bowl_xxx", "xxx-xxx", "sex-education", "sex_education"), 0.0),
    **dict.fromkeys((f"{word}{sign}porn" for word in SPOKEN_OF for sign in "-_"), 0.0),
    **dict.fromkeys((f"porn{sign}{word}" for word in SPOKEN_AS for sign in "-_"), 0.0),
}
"""A small list of ours: one word of weight 1 is enough, of the others two or three are. Nought: what news say."""
MAX_LIST_BYTES = 64 << 20


def url_words(given: str) -> Phrases:
    """The words of `urls.words`: adult, or a file.

    A TOML file has a table `words` of words and weights; any other a word a line, and its weight where it is not
    1, behind white space. `*part*` is found within words, too.

    Raises:
        UserError: there is no such file, or it holds something else.
    """
    if given == "adult":
        return Phrases(ADULT)
    path = Path(given)
    text = _read(path, "urls.words")
    weights: dict[str, float] = {}
    try:
        if path.suffix == ".toml":
            weights = {word: float(weight) for word, weight in tomllib.loads(text)["words"].items()}
        else:
            for line in text.splitlines():
                word, *weight = line.split()[:2] if line.strip() and not line.startswith("#") else [""]
                if word:
                    weights[word] = float(weight[0]) if weight else 1.0
    except (KeyError, AttributeError, ValueError) as error:
        raise UserError(
            f"urls.words: {path}: {error}: give a word a line with its weight, or a TOML table `words`"
        ) from None
    return Phrases(weights)


def toxic_lists(folder: Path) -> dict[str, Path]:
    """The lists of a folder by the name of their language, sorted.

    Raises:
        UserError: there is no such folder, or no file in it.
    """
    files = sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []
    found = {each.name.partition(".")[0]: each for each in files if not each.name.startswith(".")}
    if not found:
        raise UserError(f"toxicity.lists: {folder} holds no list: give a folder of files named as en, de.txt")
    return found


def toxic_words(path: Path) -> Phrases:
    """The words and phrases of a file, one a line."""
    lines = (line.strip() for line in _read(path, "toxicity.lists").splitlines())
    return Phrases(line for line in lines if line and not line.startswith("#"))


def _read(path: Path, setting: str) -> str:
    if not path.is_file():
        raise UserError(f"{setting}: {path} does not exist: give a file of words")
    if path.stat().st_size > MAX_LIST_BYTES:
        raise UserError(f"{setting}: {path} is larger than {MAX_LIST_BYTES >> 20} MiB: give a list of words")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{setting}: {path} is no UTF-8 (byte {error.start}): save it as UTF-8") from None
