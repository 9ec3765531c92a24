"""How the name of a recruiting agent is written: one form for comparing, within a script and across scripts.

Within one script only case, spaces, punctuation and what follows a name by law ("Pvt Ltd") do not count; one letter
more or less is another name. Across scripts, where spelling cannot be compared, sounds are: `अल नूर ओवरसीज` sounds like
"Al Noor Overseas" and not like "Al Nour Overseas". Decides about names; which firm is meant is `knowledge/agents.py`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import product
from pathlib import Path

from knowledge.reading.spelling import fold_indic, script_of
from knowledge.yaml_files import read_yaml_strings

WORDS_FILE = Path(__file__).parent / "data" / "agent_words.yaml"
MOST_WAYS = 64  # ways of hearing one Latin name; more than real names have
LONGEST_NAME = 160  # characters that are compared

_FIRST_SIGN = 0xE000  # private use: one sign stands for one known word where names are compared by sound
_MESSRS = re.compile(r"^\s*m\s*[/.]\s*s\b[\s./:-]*", re.IGNORECASE)
_APOSTROPHES = re.compile("['’‘`´]")
_JOINER = "\u200d"
_SOUTHERN = frozenset({0x0B80, 0x0C00, 0x0C80, 0x0D00})  # Tamil, Telugu, Kannada, Malayalam speak every written vowel
_TAMIL, _MALAYALAM = 0x0B80, 0x0D00


@dataclass(frozen=True)
class KnownWords:
    """The words of `agent_words.yaml`: their signs, and which Latin words an Indian spelling may stand for."""

    legal: frozenset[str]
    trade: frozenset[str]
    signs: dict[str, str]
    by_spelling: dict[str, tuple[str, ...]]  # folded Indian spelling -> Latin words
    letters: dict[str, str]  # Indian name of a letter -> the letter


@dataclass(frozen=True, eq=False)
class NameForm:
    """One name, ready for comparing. `words` are small letters in the script they were written in."""

    words: tuple[str, ...]
    all_words: tuple[str, ...]  # with "pvt", "ltd" and the like

    @cached_property
    def written(self) -> str:
        """The name as written, without spaces: equal only where every letter is."""
        return "".join(_plain_spelling(word) for word in self.words)

    @cached_property
    def is_latin(self) -> bool:
        """Whether no word is in an Indian script."""
        return all(_block_of(word) is None for word in self.words)

    @cached_property
    def is_tamil(self) -> bool:
        """Whether a word is in Tamil script, which writes k and g, t and d, p and b alike."""
        return any(_block_of(word) == _TAMIL for word in self.words)

    @cached_property
    def core(self) -> tuple[str, ...]:
        """The words that tell this firm from others of its trade; all of them where the name has no other words."""
        own = tuple(word for word in self.words if not _is_trade(word))
        return own or self.words

    @cached_property
    def loose_core(self) -> str:
        """Roughly how the core sounds, with little regard to vowels: for finding names that are like it."""
        return "".join(loose_sound(word) for word in self.core)

    @cached_property
    def loose_words(self) -> tuple[str, ...]:
        """The core, word by word, as it roughly sounds."""
        return tuple(filter(None, (loose_sound(word) for word in self.core)))

    @cached_property
    def loose(self) -> str:
        """Roughly how the whole name sounds."""
        return "".join(loose_sound(word) for word in self.words)

    @cached_property
    def skeleton(self) -> str:
        """A key that is equal for all ways of writing one sound, and for many other names."""
        return make_skeleton(self.loose)

    @cached_property
    def ways(self) -> frozenset[str]:
        """How a Latin name may sound, with signs for known words; empty for names in Indian scripts."""
        if not self.is_latin:
            return frozenset()
        parts = [_ways_of_latin(word) for word in self.words]
        return frozenset("".join(way) for way in _first_products(parts))

    @cached_property
    def heard(self) -> re.Pattern[str]:
        """What a name in an Indian script may be in Latin letters: a pattern over `ways`."""
        return re.compile("".join(_pattern_of_word(word) for word in self.words))


@lru_cache(maxsize=32768)
def read_name(name: str) -> NameForm:
    """Bring a name into the form in which it is compared. Takes any text; an empty name has no words."""
    tokens = _join_known(_split(name))
    words = tuple(word for position, word in enumerate(tokens) if not _is_legal(tokens, position))
    return NameForm(words or tuple(tokens), tuple(tokens))


def is_same_spelling(one: NameForm, other: NameForm) -> bool:
    """Whether two names are written with the same letters."""
    return bool(one.written) and one.written == other.written


def is_same_sound(one: NameForm, other: NameForm) -> bool:
    """Whether a name in an Indian script and one in Latin letters (or two scripts of India) are the same by ear."""
    if one.is_latin == other.is_latin:
        return False if one.is_latin else _same_in_indic(one, other)
    latin, indic = (one, other) if one.is_latin else (other, one)
    return any(indic.heard.fullmatch(way) for way in latin.ways)


def plain_letters(text: str) -> str:
    """One form of letters that are typed in two (old and new chillu letters of Malayalam, full width), digits in ASCII.

    What cannot be seen is left out.
    """
    plain = unicodedata.normalize("NFKC", text)
    for chillu, letters in _CHILLU.items():
        plain = plain.replace(letters + _JOINER, chillu)
    return "".join(_ascii_digit(letter) for letter in plain if unicodedata.category(letter) != "Cf")


def make_skeleton(loose: str) -> str:
    """Fold a loose sound so far that Tamil and every other script agree: consonant classes alone."""
    return re.sub(r"[IUEOWYyh]", "", _fold_tamil(loose))


@lru_cache(maxsize=65536)
def loose_sound(word: str) -> str:
    """Give roughly how one word sounds, in Latin capitals for vowels; "a" and doubled letters are left out."""
    block = _block_of(word)
    if block is None:
        sound = _sound_of_latin(word)
    else:
        known = known_words().by_spelling.get(fold_indic(word))
        letter = known_words().letters.get(word)
        sound = _sound_of_latin(known[0]) if known else letter or _default_sound(word)
    return _loosen(sound)


def _split(name: str) -> list[str]:
    """Split a name into words in small letters: digits in ASCII, "&" as "and", no marks of punctuation."""
    text = plain_letters(name[:LONGEST_NAME]).casefold()
    text = _APOSTROPHES.sub("", _MESSRS.sub("", text)).replace("&", " and ")
    letters = (letter if _belongs_to_word(letter) else " " for letter in text)
    return "".join(letters).split()


def _join_known(tokens: list[str]) -> list[str]:
    """Write "man power" as "manpower": two parts of one known word are that word."""
    joined: list[str] = []
    for token in tokens:
        if joined and len(joined[-1]) + len(token) > 3 and _is_known(joined[-1] + token):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _is_known(word: str) -> bool:
    known = known_words()
    return word in known.signs or (not word.isascii() and fold_indic(word) in known.by_spelling)


def _is_legal(tokens: list[str], position: int) -> bool:
    """Whether a word is no part of the name: "Pvt", "Ltd", the "P" of "(P) Ltd", "M/s" at the beginning."""
    word, legal = tokens[position], known_words().legal
    latin = _latin_words(word)
    if "messrs" in latin:
        return position == 0
    if word == "p" and position + 1 < len(tokens):
        return bool(_latin_words(tokens[position + 1]) & {"ltd", "limited"})
    return bool(latin & legal)


def _latin_words(word: str) -> set[str]:
    if word.isascii():
        return {word}
    return set(known_words().by_spelling.get(fold_indic(word), ()))


def _is_trade(word: str) -> bool:
    return bool(_latin_words(word) & known_words().trade)


def _plain_spelling(word: str) -> str:
    return word if _block_of(word) is None else fold_indic(word)


def _same_in_indic(one: NameForm, other: NameForm) -> bool:
    """Two scripts of India, letter by letter; Tamil has too few letters for that and is never the same."""
    return one.is_tamil == other.is_tamil and one.written == other.written


def _belongs_to_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter).startswith("M")  # vowel signs of Indian scripts


def _ascii_digit(letter: str) -> str:
    return str(unicodedata.digit(letter)) if letter.isdigit() else letter


def _block_of(word: str) -> int | None:
    """The first code of the Indian script that a word is written in, or None."""
    for letter in word:
        if 0x0900 <= ord(letter) < 0x0D80:
            return (ord(letter) // 0x80) * 0x80
    return None if script_of(word) in ("latin", "other", "arabic") else 0x0900


# --- known words ---------------------------------------------------------------------------------------------------


@cache
def known_words() -> KnownWords:
    """Read the words of the trade once."""
    lists: dict[str, dict[str, str]] = read_yaml_strings(WORDS_FILE)
    signs: dict[str, str] = {}
    by_spelling: dict[str, list[str]] = {}
    for kind in ("legal", "trade", "names"):
        for latin, spellings in lists[kind].items():
            signs.setdefault(latin, chr(_FIRST_SIGN + len(signs)))
            for spelling in _spellings(spellings):
                by_spelling.setdefault(spelling, []).append(latin)
    letters = {word: latin for latin, words in lists["letters"].items() for word in words.casefold().split()}
    for letter in "abcdefghijklmnopqrstuvwxyz":
        signs.setdefault(letter, chr(_FIRST_SIGN + len(signs)))
    return KnownWords(
        legal=frozenset(lists["legal"]),
        trade=frozenset(lists["trade"]),
        signs=signs,
        by_spelling={spelling: tuple(dict.fromkeys(words)) for spelling, words in by_spelling.items()},
        letters=letters,
    )


def _spellings(words: str) -> list[str]:
    return ["".join(fold_indic(part) for part in _split(word)) for word in words.split()]


# --- Latin letters -------------------------------------------------------------------------------------------------

# How Indians write sounds in Latin letters, longest first. Small letters are consonants (capitals their breathed or
# hushed kin), capitals A I U E O are vowels without regard to length, Y the vowel of "Saini", W that of "Gaur".
_LATIN_SOUNDS = (
    (re.compile(r"chh|ch"), "c"),
    (re.compile(r"sch"), "sk"),
    (re.compile(r"sh"), "S"),
    (re.compile(r"zh"), "L"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"th"), "T"),
    (re.compile(r"dh"), "D"),
    (re.compile(r"bh"), "B"),
    (re.compile(r"gh"), "G"),
    (re.compile(r"kh"), "K"),
    (re.compile(r"jh"), "j"),
    (re.compile(r"wh|w|v"), "v"),
    (re.compile(r"ck|k"), "k"),
    (re.compile(r"qu"), "kv"),
    (re.compile(r"q"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"c(?=[eiy])"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"(?:ee|ea|ii|ie(?=\w))"), "I"),
    (re.compile(r"oo|uu"), "U"),
    (re.compile(r"(?:ai|ay|ei|ey)(?![aeiou])"), "Y"),
    (re.compile(r"au|ou|ow(?![aeiou])|aw(?![aeiou])"), "W"),
    (re.compile(r"aa|a"), "A"),
    (re.compile(r"y(?=[aeiou])"), "y"),
    (re.compile(r"i|y"), "I"),
    (re.compile(r"u"), "U"),
    (re.compile(r"e"), "E"),
    (re.compile(r"oa|o"), "O"),
)
_CONSONANTS = "bBcdDfgGhjkKlLmnpPrsStTvyz"
_REPEATED = re.compile(r"([a-zA-Z])\1+")
_M_BEFORE_LIP = re.compile(r"m(?=[pbPBf])")


@lru_cache(maxsize=65536)
def _sound_of_latin(word: str) -> str:
    """How a word in Latin letters sounds; what is no letter stays."""
    sound, position = [], 0
    while position < len(word):
        for pattern, heard in _LATIN_SOUNDS:
            found = pattern.match(word, position)
            if found:
                sound.append(heard)
                position = found.end()
                break
        else:
            sound.append(word[position])
            position += 1
    return _M_BEFORE_LIP.sub("n", _REPEATED.sub(r"\1", "".join(sound)))


def _ways_of_latin(word: str) -> tuple[str, ...]:
    """The ways in which one Latin word may be heard: as the known word it is, by its letters, by its sound."""
    known = known_words()
    sound = _sound_of_latin(word)
    ways = [known.signs[word], sound] if word in known.signs else [sound]
    if len(sound) > 3 and sound.endswith("E") and sound[-2] in _CONSONANTS:
        ways.append(sound[:-1])  # the silent e of English
    if 2 <= len(word) <= 4 and word.isascii() and word.isalpha():
        ways.append("".join(known.signs[letter] for letter in word))  # initials
    return tuple(ways)


def _first_products(parts: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    ways = 1
    for position, part in enumerate(parts):
        ways *= len(part)
        if ways > MOST_WAYS:
            parts = [*parts[:position], *((part[0],) for part in parts[position:])]
            break
    return list(product(*parts))


# --- Indian letters ------------------------------------------------------------------------------------------------

# All Indian scripts stand in one order within their blocks: place in the block -> (sound, what Latin letters may give).
_INDIC_CONSONANTS = {
    0x15: ("k", "k"), 0x16: ("K", "K"), 0x17: ("g", "g"), 0x18: ("G", "[Gg]"), 0x19: ("n", "n"),
    0x1A: ("c", "c"), 0x1B: ("c", "c"), 0x1C: ("j", "(?:j|z|g(?=[EIY]))"), 0x1D: ("j", "[jz]"), 0x1E: ("n", "ny?"),
    0x1F: ("t", "t"), 0x20: ("T", "[Tt]"), 0x21: ("d", "d"), 0x22: ("D", "D"), 0x23: ("n", "n"),
    0x24: ("t", "[tT]"), 0x25: ("T", "T"), 0x26: ("d", "d"), 0x27: ("D", "D"), 0x28: ("n", "n"), 0x29: ("n", "n"),
    0x2A: ("p", "p"), 0x2B: ("f", "f"), 0x2C: ("b", "b"), 0x2D: ("B", "B"), 0x2E: ("m", "m"),
    0x2F: ("y", "y"), 0x30: ("r", "r"), 0x31: ("r", "r"), 0x32: ("l", "l"), 0x33: ("l", "l"), 0x34: ("L", "[Ll]"),
    0x35: ("v", "v"), 0x36: ("S", "S"), 0x37: ("S", "S"), 0x38: ("s", "s"), 0x39: ("h", "h"), 0x5F: ("y", "y"),
}  # fmt: skip
_INDIC_VOWELS = {
    0x05: ("A", "A"), 0x06: ("A", "A"), 0x07: ("I", "I"), 0x08: ("I", "I"), 0x09: ("U", "U"), 0x0A: ("U", "U"),
    0x0B: ("rI", "r[IU]"), 0x0D: ("E", "[EAY]"), 0x0E: ("E", "[EY]"), 0x0F: ("E", "[EY]"), 0x10: ("Y", "[YA]"),
    0x11: ("O", "[OA]"), 0x12: ("O", "O"), 0x13: ("O", "O"), 0x14: ("W", "[WOA]"), 0x72: ("E", "[EA]"),
}  # fmt: skip
_SIGN_TO_VOWEL = {
    0x3E: 0x06, 0x3F: 0x07, 0x40: 0x08, 0x41: 0x09, 0x42: 0x0A, 0x43: 0x0B, 0x45: 0x0D, 0x46: 0x0E, 0x47: 0x0F,
    0x48: 0x10, 0x49: 0x11, 0x4A: 0x12, 0x4B: 0x13, 0x4C: 0x14, 0x57: 0x14,
}  # fmt: skip
_VIRAMA, _NUKTA, _ANUSVARA, _CHANDRABINDU, _VISARGA, _TIPPI = 0x4D, 0x3C, 0x02, 0x01, 0x03, 0x70
_WITH_NUKTA = {"j": ("j", "[zj]"), "f": ("f", "f"), "k": ("k", "[kK]"), "K": ("K", "[Kk]"), "g": ("g", "[gG]"),
               "d": ("r", "(?:r|d)"), "D": ("r", "(?:rh?|D|d)"), "y": ("y", "y")}  # fmt: skip
_CHILLU = {"ൻ": "ന്", "ർ": "ര്", "ൽ": "ല്", "ൾ": "ള്", "ൺ": "ണ്", "ൿ": "ക്", "ৎ": "ত্"}
# Tamil writes one letter for several sounds; `z` and `f` it borrows.
_TAMIL_SOUNDS = {"k": "[kgKGh]", "c": "[csSjz]", "t": "[tdTD]", "p": "[pbBPf]", "j": "(?:j|z|g(?=[EIY]))", "s": "[szS]",
                 "S": "[Ss]", "n": "n", "f": "f"}  # fmt: skip
_MALAYALAM_SOUNDS = {"s": "[sz]", "T": "[Tt]", "j": "(?:j|z|g(?=[EIY]))"}


@dataclass(frozen=True)
class _Sound:
    """One consonant or vowel of a word in an Indian script. `vowel` None: no vowel follows (virama)."""

    consonant: tuple[str, str] | None
    vowel: tuple[str, str] | None
    inherent: bool = False


def _pattern_of_word(word: str) -> str:
    """What a word may be in `NameForm.ways`."""
    block = _block_of(word)
    known, folded = known_words(), fold_indic(word)
    if block is None:
        return _pattern_of_latin(word)
    alternatives = [known.signs[latin] for latin in known.by_spelling.get(folded, ())]
    if word in known.letters:
        alternatives.append(known.signs[known.letters[word]])
    alternatives.append(_pattern_of_sounds(_read_sounds(word, block), block))
    return f"(?:{'|'.join(alternatives)})"


def _pattern_of_latin(word: str) -> str:
    return f"(?:{'|'.join(re.escape(way) for way in _ways_of_latin(word))})"


def _pattern_of_sounds(sounds: list[_Sound], block: int) -> str:
    parts = []
    for position, sound in enumerate(sounds):
        last = position == len(sounds) - 1
        after_vowel_i = position > 0 and (sounds[position - 1].vowel or ("", ""))[0] == "I"
        if sound.consonant:
            heard = _heard(sound.consonant, block)
            is_glide = sound.consonant[0] == "y" and after_vowel_i and sound.vowel is not None
            parts.append(f"{heard}?" if is_glide else heard)
        if sound.inherent:
            parts.append(_inherent(sounds, position, block, last=last))
        elif sound.vowel:
            parts.append(sound.vowel[1])
    pattern = "".join(parts)
    pattern = pattern.replace("AI", "(?:AI|Y)").replace("A?y", "(?:A?y|Y)").replace("A[YA]", "A?[YA]")
    pattern = re.sub(r"(?<![?:])Ay(?!\?)", "(?:Ay|Y)", pattern)
    return pattern.replace("AU", "(?:AU|W)")


def _heard(consonant: tuple[str, str], block: int) -> str:
    sound, usual = consonant
    if block == _TAMIL:
        return _TAMIL_SOUNDS.get(sound, usual)
    if block == _MALAYALAM:
        return _MALAYALAM_SOUNDS.get(sound, usual)
    return usual


def _inherent(sounds: list[_Sound], position: int, block: int, *, last: bool) -> str:
    """The vowel that is not written: spoken in the south; in the north silent at the end, elsewhere either way."""
    if block in _SOUTHERN:
        return "A"
    if not last:
        return "A?"
    before = sounds[position - 1] if position else None
    in_cluster = before is not None and before.vowel is None and not before.inherent and before.consonant is not None
    return "A?" if in_cluster else ""  # "Mitra" is spoken with it, "Kamal" without


def _default_sound(word: str) -> str:
    """One way in which a word in an Indian script sounds, for finding names that are like it."""
    block = _block_of(word) or 0x0900
    heard = []
    for sound in _read_sounds(word, block):
        heard.append(sound.consonant[0] if sound.consonant else "")
        heard.append("A" if sound.inherent else (sound.vowel or ("", ""))[0])
    return _REPEATED.sub(r"\1", "".join(heard)).replace("AI", "Y").replace("AU", "W")


def _read_sounds(word: str, block: int) -> list[_Sound]:
    """Read the letters of a word as consonants and vowels; doubled consonants are one."""
    text = unicodedata.normalize("NFC", word)
    for chillu, letters in _CHILLU.items():
        text = text.replace(chillu, letters)
    text = _rewrite_clusters(text, block)
    sounds: list[_Sound] = []
    for letter in text:
        place = ord(letter) - block
        if not 0 <= place < 0x80:
            sounds.append(_Sound((letter, re.escape(letter)), None))
        elif place in _INDIC_CONSONANTS:
            sounds.append(_Sound(_INDIC_CONSONANTS[place], None, inherent=True))
        elif place in _INDIC_VOWELS:
            sounds.append(_Sound(None, _INDIC_VOWELS[place]))
        else:
            _apply_sign(sounds, place, block)
    return _without_doubled(_with_nasals(sounds))


def _apply_sign(sounds: list[_Sound], place: int, block: int) -> None:
    """Apply what changes the letter before it: a vowel sign, virama, nukta, a nasal."""
    before = sounds[-1] if sounds else None
    if place in (_ANUSVARA, _TIPPI):
        sounds.append(_Sound(("N", "[mn]" if block in _SOUTHERN else "n?"), None))
    elif place == _CHANDRABINDU:
        sounds.append(_Sound(("N", "n?"), None))
    elif place == _VISARGA:
        if block != _TAMIL:
            sounds.append(_Sound(("h", "h?"), None))
    elif before is None or before.consonant is None:
        return
    elif place == _VIRAMA:
        sounds[-1] = _Sound(before.consonant, None)
    elif place == _NUKTA:
        changed = _WITH_NUKTA.get(before.consonant[0], before.consonant)
        sounds[-1] = _Sound(changed, before.vowel, before.inherent)
    elif place in _SIGN_TO_VOWEL:
        sounds[-1] = _Sound(before.consonant, _INDIC_VOWELS[_SIGN_TO_VOWEL[place]])


def _rewrite_clusters(text: str, block: int) -> str:
    """Letters that together have a sound of their own."""
    if block == _MALAYALAM:  # rra doubled is the t of "Star", nra the nt of "Consultant"; the half u is no vowel
        text = text.replace("റ്റ", "ട").replace("ന്റ", "ന്ട").replace("ൻ്റ", "ന്ട").replace("ു്", "്")
    if block == _TAMIL:
        text = text.replace("ற்ற", "ட").replace("ஃப", "\u0bab").replace("ஶ", "ஷ").replace("ட்ச", "க்ஷ")
    if block == 0x0900:
        text = text.replace("ज्ञ", "ग्य")
    return text.replace("ੱ", "")  # addak doubles what follows


def _with_nasals(sounds: list[_Sound]) -> list[_Sound]:
    """Before a consonant every nasal is n, as in `_sound_of_latin`; elsewhere the nasal sign may be m or n."""
    nasal = []
    for position, sound in enumerate(sounds):
        follows = sounds[position + 1] if position + 1 < len(sounds) else None
        consonant = sound.consonant[0] if sound.consonant else ""
        if consonant == "N" and follows and follows.consonant:
            labial = follows.consonant[0] in "pbBfm"
            nasal.append(_Sound(("n", "n" if not labial else "[nm]"), None))
        elif consonant == "N":
            nasal.append(_Sound(("n", sound.consonant[1] if sound.consonant else "n"), None))
        elif consonant == "m" and sound.vowel is None and not sound.inherent and follows and _is_lip(follows):
            nasal.append(_Sound(("n", "n"), None))
        else:
            nasal.append(sound)
    return nasal


def _is_lip(sound: _Sound) -> bool:
    return sound.consonant is not None and sound.consonant[0] in "pbBf"


def _without_doubled(sounds: list[_Sound]) -> list[_Sound]:
    kept: list[_Sound] = []
    for sound in sounds:
        before = kept[-1] if kept else None
        if before and before.consonant and before.vowel is None and not before.inherent and sound.consonant:
            same = before.consonant[0].casefold() == sound.consonant[0].casefold()
            if same:
                kept[-1] = sound
                continue
        kept.append(sound)
    return kept


# --- roughly -------------------------------------------------------------------------------------------------------

_ROUGHLY = str.maketrans({"K": "k", "G": "g", "T": "t", "D": "d", "B": "b", "P": "p", "S": "s", "L": "l", "z": "j",
                          "W": "O", "Y": "E", "A": "", "N": "n"})  # fmt: skip


def _loosen(sound: str) -> str:
    start = "a" if sound.startswith("A") else ""  # a first vowel is heard
    return start + _REPEATED.sub(r"\1", sound.translate(_ROUGHLY))


def _fold_tamil(loose: str) -> str:
    """What Tamil script cannot tell apart."""
    return _REPEATED.sub(r"\1", loose.translate(str.maketrans("gsjdbfh", "kcctpp\0")).replace("\0", ""))
