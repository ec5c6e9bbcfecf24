"""Both languages have the same sentences with the same facts, in words that people use."""

import re

import pytest

from app.configuration import ROOT
from core.taxonomy import Taxonomy
from core.texts import Texts

FOR_RESIDENTS = ("chat", "web_chat", "volunteer", "ticket")

FORBIDDEN = re.compile(
    r"(?<!联)系统|用户|诉求人|非法|无效|敬请|予以|相关部门|耐心等待"
    r"|(?<![父母探双乡成])亲(?![属人戚自友情眼子手])"
)
SHOUTING = re.compile("[!！]")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


def keys_of(texts: Texts, *files: str) -> list[str]:
    return sorted(key for key in texts.keys("zh") if key.split(".")[0] in files)


def test_both_languages_have_the_same_files():
    by_language = [
        {path.name for path in (ROOT / "locales" / language).glob("*.yaml")}
        for language in ("zh", "en")
    ]
    assert by_language[0] == by_language[1]


def test_english_has_every_sentence_that_chinese_has(texts: Texts, taxonomy: Taxonomy):
    scripts = {f"chat.emergency.script.{trigger}" for trigger in taxonomy.triggers}
    assert texts.keys("en") - scripts == texts.keys("zh") - scripts


def test_both_languages_name_the_same_facts(texts: Texts):
    both = texts.keys("zh") & texts.keys("en")
    different = {key for key in both if texts.facts(key, "zh") != texts.facts(key, "en")}
    assert different == set()


@pytest.mark.parametrize("file", FOR_RESIDENTS)
def test_residents_read_no_words_of_an_office(texts: Texts, file):
    found = {
        key: texts.say(key) for key in keys_of(texts, file) if FORBIDDEN.search(texts.say(key))
    }
    assert found == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nobody_is_shouted_at(texts: Texts, language):
    loud = {
        key
        for key in texts.keys(language)
        if SHOUTING.search(texts.say(key, language)) or EMOJI.search(texts.say(key, language))
    }
    assert loud == set()
