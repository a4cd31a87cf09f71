"""Tests of the runner, without any of the tools: python -m unittest discover benches/peers"""

import unittest

from agree import differences, pooled, too_large
from table import BEGIN, END, Row, replace, table
from thumbscale import seconds

DIVAN = """
serve                        fastest       │ slowest       │ median        │ mean          │ samples │ iters
╰─ one_conversation_each                   │               │               │               │         │
   ╰─ 1000000                37.61 ms      │ 41.51 ms      │ 38.02 ms      │ 39 ms         │ 5       │ 5
                             26.58 Mitem/s │ 24.08 Mitem/s │ 26.29 Mitem/s │ 25.64 Mitem/s │         │
"""


class Agreement(unittest.TestCase):
    def test_means_within_four_standard_errors_agree(self) -> None:
        gaps = differences({"a": {"x": (1.0, 0.3)}, "b": {"x": (2.9, 0.4)}})
        self.assertAlmostEqual(gaps[0].z, 3.8)
        self.assertEqual(too_large(gaps), [])

    def test_means_further_apart_do_not(self) -> None:
        gaps = differences({"a": {"x": (1.0, 0.3)}, "b": {"x": (3.1, 0.4)}, "c": {"x": (1.0, 0.3)}})
        self.assertEqual([(gap.first, gap.second) for gap in too_large(gaps)], [("a", "b"), ("b", "c")])

    def test_what_is_not_a_number_does_not_agree(self) -> None:
        self.assertEqual(len(too_large(differences({"a": {"x": (float("nan"), 0.1)}, "b": {"x": (1.0, 0.1)}}))), 1)

    def test_the_error_of_a_mean_over_four_runs_is_half(self) -> None:
        runs = [{"x": (mean, 0.2)} for mean in (1.0, 2.0, 3.0, 4.0)]
        self.assertEqual(pooled(runs), {"x": (2.5, 0.1)})


class Report(unittest.TestCase):
    def test_times_are_read_from_the_table_of_the_bench(self) -> None:
        best, median = seconds(DIVAN)
        self.assertAlmostEqual(best, 0.03761)
        self.assertAlmostEqual(median, 0.03802)
        with self.assertRaises(ValueError):
            seconds("nothing")

    def test_a_tool_that_failed_is_in_the_table(self) -> None:
        lines = table([Row("ours", "1", 1_000_000, 0.05, 0.1, "0"), Row("b", "2", 1000, 0.001, 0.002), Row("c")])
        self.assertEqual(lines[2], "| ours | 1 | 1,000,000 | 20 | 10 | 1 | 0 |")
        self.assertEqual(lines[3], "| b | 2 | 1,000 | 1 | 0.5 | 20 |  |")
        self.assertIn("not run", lines[4])

    def test_only_what_is_between_the_marks_is_replaced(self) -> None:
        page = f"above\n{BEGIN}\nold\n{END}\nbelow\n"
        self.assertEqual(replace(page, "new"), "above\nnew\nbelow\n")


if __name__ == "__main__":
    unittest.main()
