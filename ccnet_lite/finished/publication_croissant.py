"""croissant.json: a published corpus in MLCommons' Croissant 1.1, a record set for each subset.

Every file stands there with its size and SHA-256. A record set reads the files of its subset from the folder of
croissant.json or, on the Hub, from the repository.
"""

import re
from typing import Any

from ccnet_lite import __version__
from ccnet_lite.finished.publication import Labels, Publication, Read, Subset
from ccnet_lite.store.schema import schema_json

CROISSANT = "http://mlcommons.org/croissant/1.1"
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "conformsTo": "dct:conformsTo",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "data": {"@id": "cr:data", "@type": "@json"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    **{
        name: f"cr:{name}"
        for name in (
            *(
                "arrayShape",
                "citeAs",
                "column",
                "containedIn",
                "equivalentProperty",
                "extract",
                "field",
                "fileProperty",
            ),
            *("fileObject", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5"),
            *("parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate"),
            *("separator", "source", "subField", "transform"),
        )
    },
}
TYPES = {"string": "sc:Text", "long": "sc:Integer", "integer": "sc:Integer", "double": "sc:Float"}


def croissant(
    publication: Publication,
    subsets: list[Subset],
    found: dict[str, Read],
    labels: Labels,
    license_url: str,
    about: str,
    date: str,
    url: str,
) -> dict[str, Any]:
    """The document as plain JSON values. url: of the dataset, or empty; about: what it is; date: as 2024-05-30."""
    files = [
        {
            "@type": "cr:FileObject",
            "@id": source.path,
            "name": source.path,
            "contentUrl": source.path,
            "contentSize": f"{source.file.bytes} B",
            "encodingFormat": "application/x-parquet",
            "sha256": found[source.path].sha256,
        }
        for source in publication.sources
    ]
    sets = [
        {
            "@type": "cr:FileSet",
            "@id": f"files-{subset.name}",
            "name": f"files-{subset.name}",
            "description": f"The files of {subset.name}.",
            **({"containedIn": {"@id": "repository"}} if url else {}),
            "encodingFormat": "application/x-parquet",
            "includes": f"data/{subset.name}/train/*.parquet",
        }
        for subset in subsets
    ]
    known = {"url": url} if url else {}
    if url:
        files.append(
            {
                "@type": "cr:FileObject",
                "@id": "repository",
                "name": "repository",
                "contentUrl": url,
                "encodingFormat": "git+https",
                "sha256": "https://github.com/mlcommons/croissant/issues/80",
            }
        )
    return known | {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CROISSANT,
        "name": re.sub(r"[^A-Za-z0-9_-]+", "-", labels.title).strip("-") or "corpus",
        "description": about,
        "license": license_url,
        "datePublished": date,
        "version": "1.0.0",
        "citeAs": f"{labels.title}. {about}",
        "inLanguage": sorted({code for subset in subsets for code in subset.codes}),
        "creator": {"@type": "sc:Organization", "name": labels.contact or labels.title},
        "keywords": ["Common Crawl", "pretraining", "multilingual", f"ccnet_lite {__version__}"],
        "distribution": [*files, *sets],
        "recordSet": [record_set(subset, publication.schema) for subset in subsets],
    }


def record_set(subset: Subset, schema: str) -> dict[str, Any]:
    """A subset's documents, a field for each column."""
    fields = []
    for column in schema_json(schema)["fields"]:
        kind = column["type"]
        value = {
            "@type": "cr:Field",
            "@id": f"{subset.name}/{column['name']}",
            "name": column["name"],
            "description": column["metadata"]["comment"],
            "dataType": TYPES[kind if isinstance(kind, str) else kind["elementType"]],
            "source": {"fileSet": {"@id": f"files-{subset.name}"}, "extract": {"column": column["name"]}},
        }
        if not isinstance(kind, str):
            value |= {"isArray": True, "arrayShape": "-1"}
        fields.append(value)
    return {
        "@type": "cr:RecordSet",
        "@id": subset.name,
        "name": subset.name,
        "description": f"{subset.documents:,} documents of {subset.name}.",
        "field": fields,
    }
