"""Makes honest files for tests: pages in the shapes of official sites, PDFs, scans, photos. Nothing is on the disk."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import reportlab.lib.utils
import reportlab.pdfgen.canvas

FONTS = Path("/usr/share/fonts/truetype/noto")
A4 = (595, 842)

ENGLISH = (
    "ADVISORY ON FAKE JOB OFFERS",
    "New Delhi, 03 January 2020",
    "Indian nationals are advised not to travel to Cambodia",
    "on a tourist visa for work. Please check every agent",
    "with the Mission before you pay anything.",
)
HINDI = (
    "नौकरी के झूठे प्रस्तावों पर परामर्श",
    "फरवरी 04, 2019",
    "भारतीय नागरिकों को सलाह दी जाती है कि वे",
    "पर्यटक वीज़ा पर काम के लिए कंबोडिया न जाएं।",
    "भुगतान करने से पहले एजेंट की जांच करें।",
)


def photo(lines: Sequence[str], font: str = "NotoSans-Regular.ttf", size: int = 34) -> PIL.Image.Image:
    """A sheet of paper with these lines."""
    sheet = PIL.Image.new("RGB", (1240, 200 + 70 * len(lines)), "white")
    pen, letters = PIL.ImageDraw.Draw(sheet), PIL.ImageFont.truetype(FONTS / font, size)
    for number, line in enumerate(lines):
        pen.text((80, 80 + 70 * number), line, font=letters, fill="black")
    return sheet


def hindi_photo() -> PIL.Image.Image:
    return photo(HINDI, "NotoSansDevanagari-Regular.ttf")


def as_file(picture: PIL.Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


class Pdf:
    """A PDF under construction."""

    def __init__(self) -> None:
        self.out = io.BytesIO()
        self.canvas = reportlab.pdfgen.canvas.Canvas(self.out, pagesize=A4)

    def lines(self, lines: Sequence[str], top: float = 780) -> Pdf:
        for number, line in enumerate(lines):
            self.canvas.drawString(72, top - 16 * number, line)
        return self

    def scan(self, picture: PIL.Image.Image) -> Pdf:
        """A picture as wide as the page, at its top, on a sheet that is all picture as scanners make it."""
        sheet = PIL.Image.new("L", (1240, 1754), 255)
        sheet.paste(picture.convert("L"), (0, 0))
        self.canvas.drawImage(reportlab.lib.utils.ImageReader(sheet), 0, 0, *A4)
        return self

    def invisible(self, words: str, top: float = 400) -> Pdf:
        text = self.canvas.beginText(72, top)
        text.setTextRenderMode(3)
        text.textOut(words)
        text.setTextRenderMode(0)
        self.canvas.drawText(text)
        return self

    def page(self) -> Pdf:
        self.canvas.showPage()
        return self

    def done(self) -> bytes:
        self.canvas.save()
        return self.out.getvalue()


NOTICE = (
    "It has come to the notice of the Mission that fraudulent job offers are being made to Indian nationals for work "
    "in Cambodia as data entry operators.",
    "On 12 December 2019 two workers were stopped at the border and sent back.",
    "Please check every recruiting agent with the Mission before you pay or travel.",
)


MENU = ("Home", "About", "Tenders", "Contact", "Media", "Help", "Visa")


def ministry_page(paragraphs: Sequence[str] = NOTICE, date: str = "January 03, 2020") -> str:
    """A press release as the ministry's site shows it, with menu, comment form and captcha."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    menu = "".join(f'<li><a href="/{name}.htm">{name}</a></li>' for name in MENU)
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>Advisory on job offers | Ministry</title></head><body>
<div class="top-menu"><ul>{menu}</ul></div>
<div class="breadcrumb"><a href="/">Home</a> &rsaquo; Media Center</div>
<div class="content"><h2 class="PageHead">Advisory for Indian nationals on job offers in Cambodia</h2><p>{date}</p>
<div id="ContentText">{body}<p>New Delhi<br>{date}</p>
<p>See the <a href="/Images/CPV/agents.pdf">list of agents</a> and <a href="javascript:alert(1)">this</a>.</p></div>
<div id="comments"><h3>Write a Comment</h3><table><tr><td>Name *</td><td><input type="text" name="n"></td></tr>
<tr><td>Post A Comment</td><td><textarea></textarea></td></tr>
<tr><td>Verification Code</td><td><input type="text"><img src="/captcha.png" width="90"></td></tr></table></div></div>
<footer>Page last updated on: 20 November 2026</footer></body></html>"""


def bureau_page(paragraphs: Sequence[str] = NOTICE, posted: str = "Posted On: 11 APR 2026 by PIB Delhi") -> str:
    """A release of the information bureau: the whole page in one form, made by ASP.NET."""
    body = "".join(f'<p style="text-align:justify">{paragraph}</p>' for paragraph in paragraphs)
    return f"""<html><head><title>Press Release: Press Information Bureau</title></head><body>
<form method="post" action="./PressReleasePage.aspx?PRID=2200001" id="form1">
<div><input type="hidden" name="__VIEWSTATE" value="{"abc=" * 500}"></div>
<div class="innner-page-main-about-us-content-right-part">
<div id="MinistryName" class="MinistryNameSubhead">Ministry of External Affairs</div>
<div class="text-center"><h2 id="Titleh2">Government warns of job offers in Cambodia</h2></div>
<div id="PrDateTime" class="ReleaseDateSubHeaddateTime">{posted}</div>{body}
<div class="ReleaseLang">Read this release in: <a href="/PressReleasePage.aspx?PRID=2200002">Hindi</a></div>
</div></form></body></html>"""
