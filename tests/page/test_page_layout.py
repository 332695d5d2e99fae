"""Where words stand in a picture: kept in the PNG, read back, refused where it is no layout."""

from __future__ import annotations

import struct
import zlib

import pytest

from auditor.page.layout import MOST_BOXES, Box, check_boxes, embed_layout, find_box, read_layout

HEAD = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", HEAD) + chunk(b"IDAT", zlib.compress(bytes(30 * 121))) + chunk(b"IEND", b"")
BOXES = (
    Box("首页", 10, 5, 40, 20),
    Box("公开指南", 10, 40, 60, 18),
    Box("公开指南", 200, 90, 180, 36),
    Box("发布日期：", 5, 130, 80, 20),
)


def test_a_picture_keeps_its_layout_and_stays_a_picture():
    kept = embed_layout(PNG, BOXES)
    assert read_layout(kept) == BOXES
    assert kept[:33] == PNG[:33]
    assert kept.endswith(PNG[33:])
    (length,) = struct.unpack(">I", kept[33:37])
    assert zlib.crc32(kept[37 : 41 + length]) == struct.unpack(">I", kept[41 + length : 45 + length])[0]


@pytest.mark.parametrize(
    "picture", [b"", PNG, b"GIF89a", PNG[:33] + chunk(b"zTXt", b"auditor-layout\x00\x00broken"), PNG[:36]]
)
def test_what_holds_no_layout_has_none(picture):
    assert read_layout(picture) == ()


def test_a_bomb_is_not_unpacked():
    bomb = b"auditor-layout\x00\x00" + zlib.compress(b"[" * 50_000_000)
    assert read_layout(PNG[:33] + chunk(b"zTXt", bomb) + PNG[33:]) == ()


def test_only_what_has_the_form_of_boxes_is_taken():
    stated = [
        ["a b", 1, 2, 3, 4],
        ["x", -1, 2, 3, 4],
        ["x", 1, 2, 3],
        [1, 1, 2, 3, 4],
        ["x", 1.5, 2, 3, 4],
        ["x", True, 2, 3, 4],
    ]
    assert check_boxes(stated) == (Box("ab", 1, 2, 3, 4),)
    assert check_boxes("no list") == check_boxes(None) == ()
    assert len(check_boxes([["x", 1, 1, 1, 1]] * (MOST_BOXES + 5))) == MOST_BOXES


def test_a_passage_is_found_by_its_words():
    assert find_box(BOXES, "公开 指南") == BOXES[1]
    assert find_box(BOXES, "公开指南", is_heading=True) == BOXES[2]
    assert find_box(BOXES, "发布日期：2020-01-18 来源：区政府") == BOXES[3]
    assert find_box(BOXES, "指南") == BOXES[1]
    assert find_box(BOXES, "没有") is None
    assert find_box(BOXES, "") is None
