"""Where the scripts of living use stand in Unicode, and which of them are written without spaces.

A script's ranges hold its letters and marks and whatever stands between them: unassigned gaps, digits and
punctuation, which text/characters.py tells apart by their kind. What belongs to no one script (combining
accents, most symbols) is in no range. Dead scripts are left out.
"""

_RANGES = """
Adlm 1E900-1E94B
Arab 610-63F 641-6FF 750-77F 870-8FF FB50-FDFB FE70-FEFC 10EC2-10EFF 1EE00-1EEBB
Armn 531-58C FB13-FB17
Bali 1B00-1B73
Batk 1BC0-1BF3
Beng 980-9FE 11DF0-11DF1
Bopo 3105-312F 31A0-31BF
Bugi 1A00-1A1B
Cakm 11100-11147
Cans 1401-167F 18B0-18F5 11AB0-11ABF
Cham AA00-AA4D
Cher 13A0-13FD AB70-ABBF
Copt 3E2-3EF 2C80-2CF3
Cyrl 400-52F 1C80-1C8A 1D2B 1D78 2DE0-2DFF A640-A69F FE2E-FE2F 1E030-1E08F
Deva 900-97F A8E0-A8FF 11B0A
Ethi 1200-138F 2D80-2DDE AB01-AB2E 1E7E0-1E7FE
Geor 10A0-10FF 1C90-1CBF 2D00-2D2D
Grek 370-373 376-3E1 3F0-3FF 1D26-1D2A 1D5D-1D61 1D66-1D6A 1DBF 1F00-1FFC 2126 AB65 1D242-1D244
  1DFF3-1DFF4
Gujr A81-AFF
Guru A01-A75
Hang 1100-11FF 302E-302F 3131-318E A960-A97C AC00-D7FB FFA0-FFDC
Hani 3005 303B 3400-9FFF F900-FAD9 16FE3 16FF0-16FF3 20000-33479
Hebr 591-5F2 FB1D-FB4F
Hira 3041-309F 1B001-1B11F 1B123 1B132-1B152
Java A980-A9C0
Kali A90A-A92D
Kana 30A1-30FA 30FD-30FF 31F0-31FF FF66-FF6F FF71-FF9D 1AFF0-1B000 1B120-1B122 1B124-1B128 1B155-1B168
  30FC FF70
Khmr 1780-17DD
Knda C80-CF3
Lana 1A20-1AA7
Laoo E81-EDF
Latn 41-AA BA-2B8 2E0-2E4 1D00-1D25 1D2C-1D5C 1D62-1D65 1D6B-1D77 1D79-1DBE 1E00-1EFF 2071-207F 2090-209F
  212A-212B 2132 214E-2184 2C60-2C7F A722-A787 A78B-A7FF AB30-AB64 AB66-AB6D FB00-FB06 FF21-FF5A
  10780-107BF 1DF00-1DFF2 1DFF5-1DFFF
Lepc 1C00-1C4F
Limb 1900-193B
Lisu A4D0-A4FD 11FB0
Mand 840-85B
Mlym D00-D7F
Mong 180B-18AA
Mtei AAE0-AAF6 ABC0-ABED
Mymr 1000-109D A9E0-A9FE AA60-AA7F
Nkoo 7CA-7FD
Olck 1C5A-1C7D
Orya B01-B71
Osge 104B0-104FB
Rohg 10D00-10D27
Saur A880-A8C5
Sinh D81-DF3
Sund 1B80-1BBF
Syrc 710-74F 860-86A
Tale 1950-1974
Talu 1980-19C9
Taml B82-BD7
Tavt AA80-AADD
Telu C00-C63
Tfng 2D30-2D7F
Thaa 780-7B1
Thai E01-E4E
Tibt F00-FC6
Vaii A500-A62B
Wara 118A0-118FF
Yiii A000-A48C
"""

SCRIPT_RANGES: dict[str, list[tuple[int, int]]] = {}
"""ISO 15924 code -> first and last code points of its ranges."""


def _fill() -> None:
    code = ""
    for word in _RANGES.split():
        if word[:1].isalpha() and word[1:2].islower():
            code = word
            SCRIPT_RANGES[code] = []
        else:
            first, _, last = word.partition("-")
            SCRIPT_RANGES[code].append((int(first, 16), int(last or first, 16)))


_fill()

_UNSPACED = "Bali Bopo Hani Hira Java Kana Khmr Lana Laoo Mymr Tale Talu Tavt Thai Tibt Yiii"
UNSPACED_SCRIPTS = frozenset(_UNSPACED.split())
"""Scripts in which a space does not end a word; their characters are counted and compared one by one."""
