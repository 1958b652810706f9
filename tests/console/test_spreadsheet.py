"""A file for a spreadsheet opens in Japanese and computes nothing."""

from __future__ import annotations

import csv
import io

import pytest

from bot.console.spreadsheet import as_csv


def read(file: bytes) -> "list[list[str]]":
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def test_excel_in_japan_knows_it_for_utf_8_by_its_first_bytes() -> None:
    assert as_csv([["件数"]]) == b"\xef\xbb\xbf" + '"件数"\r\n'.encode()


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "　=", "＝", "＋", "－", "＠", "\0="])
def test_no_text_becomes_a_formula(begins: str) -> None:
    [[cell, count]] = read(as_csv([[f"{begins}cmd|' /C calc'!A0", 3]]))
    assert cell[0] == "'"
    assert count == "3"


def test_text_with_marks_of_its_own_stays_in_its_cell() -> None:
    rows = [['引用 "符"', "一、二,三", "行\r\n二"], ["次", "", "終"]]
    assert read(as_csv(rows)) == rows
