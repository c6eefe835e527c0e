"""Run with: python3 -m unittest discover -s bench -p '*_test.py'"""

import os
import sys
import unittest
import xml.etree.ElementTree

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import report


def results(*cells, skipped=None, failed=None):
    return {"facts": {"commit": "abc", "cpu": "a <cpu>", "cores": 2, "kernel": "6", "jdks": ["17"], "repetitions": 3, "scale": 1},
            "cells": [{"workload": w, "variant": v, "peer": p, "runs": runs} for w, v, p, runs in cells],
            "skipped": skipped or {}, "failed": failed or []}


def runs(figure, *values, **besides):
    return [{figure: value, **besides} for value in values]


ECHOES = ("W3", "1000", "c", runs("us CPU/echo", 10, 20, 40))
MINE = ("W3", "1000", "gridmate (JDK 17)", runs("us CPU/echo", 11, 22, 44))


class ReportTest(unittest.TestCase):

    def test_a_ratio_is_taken_within_each_repetition_so_that_a_slower_machine_does_not_widen_it(self):
        cells = report.cells_of(results(ECHOES, MINE))
        ratio = report.ratio(cells, MINE[:3], ECHOES[:3])
        self.assertEqual("1.10 (1.10)", str(ratio))

    def test_a_ratio_has_its_range_and_only_of_repetitions_in_which_both_ran(self):
        cells = report.cells_of(results(("W3", "1000", "c", runs("us CPU/echo", 10, 10)), MINE))
        self.assertEqual("1.65 (1.10–2.20)", str(report.ratio(cells, MINE[:3], ECHOES[:3])))

    def test_without_c_there_is_no_ratio_and_no_picture(self):
        alone = results(MINE)
        self.assertIsNone(report.ratio(report.cells_of(alone), MINE[:3], None))
        self.assertIsNone(report.svg(alone))
        self.assertIn("| gridmate (JDK 17) | 22 ~ |", report.page(alone))

    def test_polled_round_trips_stand_against_c_reading_directly(self):
        cells = report.cells_of(results(
            ("W1", "polled", "c", runs("us", 20)), ("W1", "polled", "c-direct", runs("us", 10)),
            ("W1", "blocking", "c", runs("us", 20))))
        self.assertEqual("c-direct", report.floor_of(cells, "W1", "polled")[2])
        self.assertEqual("c", report.floor_of(cells, "W1", "blocking")[2])

    def test_a_target_is_met_or_missed_by_so_much_or_too_close_to_say(self):
        self.assertEqual("met", report.verdict(report.Ratio([1.0, 1.05]), 1.1, False))
        self.assertEqual("missed by 10 %", report.verdict(report.Ratio([1.2, 1.21, 1.22]), 1.1, False))
        self.assertEqual("met, within the spread", report.verdict(report.Ratio([1.0, 1.05, 1.2]), 1.1, False))
        self.assertEqual("missed, within the spread", report.verdict(report.Ratio([0.7, 0.8, 0.9]), 0.85, True))
        self.assertEqual("missed by 20 %", report.verdict(report.Ratio([0.68]), 0.85, True))

    def test_the_best_other_is_of_the_same_jdk_and_does_its_work_itself(self):
        text = report.targets(results(
            ECHOES, MINE,
            ("W3", "1000", "netty-epoll (JDK 17)", runs("us CPU/echo", 22, 44, 88)),
            ("W3", "1000", "kryonet (JDK 17)", runs("us CPU/echo", 1, 1, 1, **{"handed over": True})),
            ("W3", "1000", "netty-epoll (JDK 25)", runs("us CPU/echo", 1, 1, 1))))
        self.assertIn("| W3 1000, against C | at most 1.25 | 1.10 (1.10): met | not measured |", text)
        self.assertIn("| W3 1000, against the best other | at most 0.85 | 0.50 (0.50): met (netty-epoll) | not measured |", text)
        self.assertNotIn("W1", text)

    def test_idle_connections_stand_against_bytes_and_against_none_of_them(self):
        text = report.targets(results(
            ("W4", "0", "gridmate (JDK 17)", runs("us", 50)),
            ("W4", "8000", "gridmate (JDK 17)", runs("B/connection", 1600, us=55))))
        self.assertIn("| W4 8000, against bytes | at most 1,500 | 1,600 (1,600): missed by 7 % |", text)
        self.assertIn("| W4 8000, against the round trip beside none | at most 1.10 | 1.10 (1.10): met |", text)

    def test_two_runs_are_compared_by_whether_their_ranges_meet(self):
        then, same = results(ECHOES, MINE), results(ECHOES, MINE)
        self.assertEqual("1 of 1 ratios to C are within the ranges of both runs.\n", report.compare(same, then))
        slower = results(ECHOES, MINE[:3] + (runs("us CPU/echo", 20, 40, 80),))
        self.assertIn("| W3 1000, gridmate (JDK 17) | 1.10 (1.10) | 2.00 (2.00) | 82 % |", report.compare(slower, then))

    def test_the_table_tells_what_is_noisy_not_saturated_handed_over_left_out_and_failed(self):
        text = report.table(results(
            ("W2", "64 B from C", "c", runs("Mpackets/s", 10, 10, busy=0.5)),
            ("W5", "1000 x 200 B", "kryonet (JDK 17)", runs("ms", 1, 2, **{"handed over": True})),
            skipped={"pinning": "there is one core"}, failed=[["W1", "polled", "c", "no answer for 60 s"]]))
        self.assertIn("| c | 10 < | ±0 % | 1.00 (1.00) | busy 0.5 |", text)
        self.assertIn("| kryonet (JDK 17) | 1.5 ~† | ±33 % |", text)
        self.assertIn("Left out: pinning: there is one core.", text)
        self.assertIn("Failed: W1 polled, c: no answer for 60 s", text)

    def test_tls_stands_beside_the_same_peer_without_it_and_beside_the_other(self):
        def cell(name, *values):
            return ("W1", "blocking", name + " (JDK 17)", runs("us", *values))
        measured = results(("W1", "blocking", "c", runs("us", 10)), cell("gridmate", 10), cell("gridmate-tls", 15), cell("netty-epoll", 20),
                           cell("netty-epoll-tls", 40))
        self.assertIn("| W1 blocking, less is better | 17 | 1.50 (1.50) | 2.00 (2.00) | 0.38 (0.38) |", report.tls(measured))
        self.assertEqual("", report.tls(results(ECHOES, MINE)))
        self.assertNotIn("tls", report.summary(measured))

    def test_in_the_picture_shorter_is_better_and_what_is_too_long_is_cut_and_says_so(self):
        picture = report.svg(results(
            ECHOES, MINE, ("W3", "1000", "kryonet (JDK 17)", runs("us CPU/echo", 90, 180, 360)),
            ("W5", "1000 x 200 B", "c", runs("ms", 1)),
            ("W5", "1000 x 200 B", "jeromq (JDK 17)", runs("ms", 2, **{"handed over": True})),
            ("W2", "64 B from C", "c", runs("Mpackets/s", 40)),
            ("W2", "64 B from C", "gridmate (JDK 17)", runs("Mpackets/s", 32))))
        texts = [each.text for each in xml.etree.ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
        self.assertIn("1.25 ×", texts)
        self.assertIn("1.10 ×", texts)
        self.assertIn("»9.00 ×", texts)
        self.assertIn("this driver", texts)
        self.assertIn("jeromq †", texts)
        self.assertTrue(any("a <cpu>" in each for each in texts))


if __name__ == "__main__":
    unittest.main()
