"""A run published as a folder: its files byte for byte, its card, Croissant; what is refused or cut short."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from pyspark.sql import SparkSession

from ccnet_lite.archives.sources import resolve_inputs
from ccnet_lite.errors import RunFailed
from ccnet_lite.finished import publish
from ccnet_lite.finished.publication import Labels, publication_of, subsets_of
from ccnet_lite.finished.publication_card import card, size_category
from ccnet_lite.finished.publish import publish_folder
from ccnet_lite.run.pipeline import run_pipeline
from ccnet_lite.run.steps import JOBS
from ccnet_lite.settings import SourceSettings, load_settings
from tests.crawl import Page, body, write_crawl
from tests.running import job

PAGES = [
    [Page(f"https://a.example/{n}", body("en", n)) for n in range(5)],
    [Page("https://s.example/", "Short."), *(Page(f"https://b.example/{n}", body("de", n)) for n in range(4))],
]
LABELS = Labels("A corpus: <small> | one", "odc-by", "who@example.org")


@pytest.fixture(scope="module")
def run(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publish")
    write_crawl(folder / "crawl", PAGES)
    shards = resolve_inputs([f"{folder}/crawl/*.gz"], SourceSettings())
    settings = load_settings(None, ["export.file_bytes=3000", "language.threshold=0.4"])
    run_pipeline(settings, shards, str(folder / "run"), JOBS[0], JOBS[-1])
    return folder / "run"


def published(run: Path, to: Path, **more: Any) -> publish.Done:
    return publish_folder(publication_of(run), str(to), LABELS, lambda source: None, **more)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def dataset(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("published") / "set"
    done = published(run, to)
    assert (done.documents, done.subsets, done.copied, done.linked) == (9, 2, 0, done.files)
    return to


def test_the_files_are_the_run_s_byte_for_byte(run: Path, dataset: Path) -> None:
    held = sorted(sha256(path.read_bytes()).hexdigest() for path in (run / "corpus").rglob("*.parquet"))
    told = json.loads((dataset / "publication.json").read_text())["files"]
    there = {path.relative_to(dataset).as_posix(): path for path in (dataset / "data").rglob("*.parquet")}
    assert told.keys() == there.keys() and len(there) > 2
    assert sorted(each["sha256"] for each in told.values()) == held
    for name, path in there.items():
        assert sha256(path.read_bytes()).hexdigest() == told[name]["sha256"]
        assert (path.stat().st_size, path.stat().st_nlink) == (told[name]["bytes"], 2)
        assert pq.read_metadata(path).num_rows == told[name]["documents"]
    assert {name.split("/")[1] for name in there} == {"eng_Latn", "deu_Latn"}
    assert sorted(path.name for path in dataset.iterdir()) == [
        *("README.md", "croissant.json", "data", "publication.json")
    ]


def test_datasets_loads_a_subset_by_its_name(run: Path, dataset: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    assert sorted(datasets.get_dataset_config_names(str(dataset))) == ["deu_Latn", "eng_Latn"]
    for name, code in (("eng_Latn", "en"), ("deu_Latn", "de")):
        rows = datasets.load_dataset(str(dataset), name=name, split="train", cache_dir=str(tmp_path))
        wanted = pq.read_table(run / "corpus", filters=[("language_code", "=", code)]).to_pylist()
        assert {row["doc_id"]: row["text"] for row in rows} == {row["doc_id"]: row["text"] for row in wanted}
        assert set(rows["bucket"]) == {"all"} and set(rows["language_script"]) == {"Latn"}


def test_the_card_says_what_the_tables_say(run: Path, dataset: Path) -> None:
    text = (dataset / "README.md").read_text()
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["pretty_name"] == LABELS.title and head["license"] == "odc-by"
    assert (head["language"], head["size_categories"]) == (["de", "en"], ["n<1K"])
    assert head["configs"][1] == {
        "config_name": "eng_Latn",
        "data_files": [{"split": "train", "path": "data/eng_Latn/train/*.parquet"}],
    }
    corpus = pq.read_table(run / "corpus")
    for subset, rows in (("eng_Latn", 5), ("deu_Latn", 4)):
        of_it = corpus.filter(pq.filters_to_expression([("subset", "=", subset)]))
        characters, lines = (sum(of_it[name].to_pylist()) for name in ("length", "nlines"))
        assert f"| `{subset}` | {rows} | {characters:,} | {lines:,} | {rows} |" in text
    for row in ("|  | records read | 12 |", "| length | `too_short` | -1 |", "|  | kept | 9 |"):
        assert row in text
    assert "language.threshold = 0.4" in text and "export.file_bytes = 3000" in text
    assert "write to who@example.org" in text and "commoncrawl.org/terms-of-use" in text
    assert "# A corpus: &#60;small&#62; &#124; one" in text and "<small>" not in text.split("---\n")[2]
    digests = json.loads((run / "manifest.json").read_text())["models"]
    assert digests and all(digest in text for digest in digests.values())
    assert str(run) not in text and str(dataset) not in text


def test_a_country_s_code_that_yaml_takes_for_no_stays_text(run: Path) -> None:
    publication = publication_of(run)
    found = {each.path: publish.Read("0", 1, 1, 0) for each in publication.sources}
    (first, *rest) = subsets_of(publication, found)
    first.codes = ["no"]
    text = card(publication, [first, *rest], LABELS, "about", "x")
    assert yaml.safe_load(text.split("---\n")[1])["language"] == ["en", "no"]
    assert [size_category(n) for n in (999, 1000, 9999, 10**12, 10**12 - 1)] == [
        *("n<1K", "1K<n<10K", "1K<n<10K", "n>1T", "100B<n<1T")
    ]


def test_croissant_holds_and_gives_the_rows(run: Path, dataset: Path) -> None:
    croissant = json.loads((dataset / "croissant.json").read_text())
    assert croissant["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    told = json.loads((dataset / "publication.json").read_text())["files"]
    named = {each["@id"]: each.get("sha256") for each in croissant["distribution"]}
    assert {name: named[name] for name in told} == {name: each["sha256"] for name, each in told.items()}
    assert [each["@id"] for each in croissant["recordSet"]] == ["deu_Latn", "eng_Latn"]
    mlc = pytest.importorskip("mlcroissant")
    loaded = mlc.Dataset(jsonld=str(dataset / "croissant.json"))
    assert loaded.metadata.issues.errors == set() and loaded.metadata.issues.warnings == set()
    texts = {row["eng_Latn/text"].decode() for row in loaded.records("eng_Latn")}
    wanted = pq.read_table(run / "corpus", filters=[("language", "=", "eng")])
    assert texts == set(wanted["text"].to_pylist())


def test_it_is_copied_where_asked_or_where_it_cannot_be_linked(
    run: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = published(run, tmp_path / "copied", copy=True)
    assert (done.linked, done.copied) == (0, done.files)

    def no_links(*_: object) -> None:
        raise OSError("Invalid cross-device link")

    monkeypatch.setattr(publish.os, "link", no_links)
    assert published(run, tmp_path / "other disk").copied == done.files
    for folder in (tmp_path / "copied", tmp_path / "other disk"):
        found, expected = files_of(folder), files_of(dataset)
        assert all(found[name] == expected[name] for name in expected if name != "README.md")
        assert {path.stat().st_nlink for path in folder.rglob("*.parquet")} == {1}


def test_one_cut_short_does_not_look_finished_and_the_next_try_takes_it_up(
    run: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "set"
    for what in ("small_files", "checked_sum"):
        with monkeypatch.context() as patch:

            def cut(*_: object) -> Any:
                raise KeyboardInterrupt

            patch.setattr(publish, what, cut)
            with pytest.raises(KeyboardInterrupt):
                published(run, to, copy=True)
        assert not to.exists()
    done = published(run, to, copy=True)
    assert done.kept > 0 and done.kept + done.copied == done.files
    assert files_of(to).keys() == files_of(dataset).keys()
    assert [path.name for path in tmp_path.iterdir()] == ["set"]
    (to / "data" / "eng_Latn" / "train" / "of-before.parquet").write_bytes(b"x")
    published(run, to)
    assert files_of(to).keys() == files_of(dataset).keys(), "a former publication is replaced whole"
    to.rename(tmp_path / ".set.former")  # killed between the last two steps
    published(run, to)
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_damaged_file_is_not_published(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    path = min((tmp_path / "run" / "corpus").rglob("*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(RunFailed, match=rf"{path.name} has changed since it was written"):
        published(tmp_path / "run", tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_what_cannot_be_published_is_said(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x")
    assert job("minify.py", run, "--output", tmp_path / "min") == 0
    item = tmp_path / "test.txt"
    item.write_text(body("en", 2).splitlines()[1])
    assert job("decontaminate.py", run, "--against", item, "--output", tmp_path / "less") == 0
    assert job("decontaminate.py", run, "--against", run, "--output", tmp_path / "none") == 0
    capsys.readouterr()
    for arguments, said in (
        ([tmp_path, "--to", tmp_path / "set"], "holds no finished run"),
        ([tmp_path / "min", "--to", tmp_path / "set"], "is a minified corpus, without text"),
        ([tmp_path / "less", "--to", tmp_path / "set"], "give its run, and this folder by --decontaminated"),
        ([run, "--to", tmp_path / "mine"], "mine is not empty and holds no publication: give a new folder"),
        ([run, "--to", run], "lies in the run"),
        ([run, "--to", run / "set"], "lies in the run"),
        ([run, "--to", item], "is a file: give a folder"),
        ([run, "--to", "s3://b/set"], "give a folder of this machine, or hf://datasets/OWNER/NAME"),
        ([run, "--to", "hf://me/set"], "names no dataset: give hf://datasets/OWNER/NAME"),
        ([run, "--to", tmp_path / "set", "--decontaminated", tmp_path], "holds no corpus that"),
        ([run, "--to", tmp_path / "set", "--decontaminated", tmp_path / "none"], "nothing to publish"),
    ):
        assert job("publish.py", *arguments) == 2, arguments
        err = capsys.readouterr().err
        assert err.count("\n") == 1 and said in err, err
    assert not (tmp_path / "set").exists()


def test_what_decontaminate_left_is_published_with_what_it_left_out(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    item = tmp_path / "test.txt"
    item.write_text(body("en", 2).splitlines()[1])
    assert job("decontaminate.py", run, "--against", item, "--output", tmp_path / "less") == 0
    capsys.readouterr()
    arguments = [run, "--decontaminated", tmp_path / "less", "--to", tmp_path / "set", "--json"]
    assert job("publish.py", *arguments) == 0
    assert json.loads(capsys.readouterr().out)["documents"] == 8
    text = (tmp_path / "set" / "README.md").read_text()
    assert "| decontamination | hold an item of a reference | -1 |\n|  | published | 8 |" in text
    assert "test.txt (`sha256 " in text and str(tmp_path) not in text
    urls = [url for p in (tmp_path / "set").rglob("*.parquet") for url in pq.read_table(p)["url"].to_pylist()]
    assert len(urls) == 8 and "https://a.example/2" not in urls
