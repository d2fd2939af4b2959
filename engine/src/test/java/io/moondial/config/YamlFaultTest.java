package io.moondial.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.problem.Problem;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The usual slips of those who write YAML: each told as what it is, at the line that has it. */
class YamlFaultTest {
    private static void assertTold(String yaml, String expected) {
        Problems problems = new Problems(Path.of("r"));
        byte[] octets = yaml.getBytes(StandardCharsets.UTF_8);
        assertThat(LocatedYaml.read(new ByteArrayInputStream(octets), problems)).isEmpty();
        assertThat(problems.inFileOrder())
                .extracting(Problem::toString)
                .containsExactly(expected.replace("!", "this is not YAML: "));
    }

    @Test
    void a_line_further_right_than_its_section() {
        assertTold(
                "process:\n  menu_timeout: 30s\n   error_message: x\n",
                "r:3:4: !this key begins in column 4, which fits no line above it: begin it in column 1 (as line 1) or 3 (as line 2), or line 2 in column 4");
    }

    @Test
    void a_line_between_two_columns() {
        assertTold(
                "process:\n  menu_timeout: 30s\n error_message: x\n",
                "r:3:2: !this key begins in column 2, which fits no line above it: begin it in column 1 (as line 1) or 3 (as line 2), or line 2 in column 2");
        assertTold(
                "process:\n    menu_timeout: 30s\n  triggers: []\n",
                "r:3:3: !this key begins in column 3, which fits no line above it: begin it in column 1 (as line 1) or 5 (as line 2), or line 2 in column 3");
    }

    @Test
    void an_item_or_a_key_of_one_beside_the_others() {
        assertTold(
                "triggers:\n  - {a: b}\n   - {c: d}\n",
                "r:3:4: !this item begins in column 4, which fits no line above it: begin it in column 3 (as line 2), or line 2 in column 4");
        assertTold(
                "triggers:\n  - a: b\n   c: d\n",
                "r:3:4: !this key begins in column 4, which fits no line above it: begin it in column 1 (as line 1) or 5 (as line 2)");
    }

    @Test
    void an_item_where_only_keys_begin() {
        assertTold(
                "a:\n  b:\n    - {c: d}\n  - {c: e}\n",
                "r:4:3: !this item begins in column 3, which fits no line above it: begin it in column 5 (as line 3)");
    }

    @Test
    void an_item_without_its_dash() {
        assertTold(
                "triggers:\n  - {a: b}\n    {c: d}\n",
                "r:3:5: !this line is neither a key with a colon nor an item of a list: if it is an item, write \"- \" before it, with the - in column 3 (as line 2)");
    }

    @Test
    void a_key_whose_comment_sign_was_taken_away_with_the_blanks_before_it() {
        assertTold(
                "log: {}\nprocess:\nmenu_timeout: 30s\n\n  # more\n  triggers: []\n",
                "r:3:1: !this line begins in column 1 and so ends the section process of line 2, but line 6 goes on in column 3: begin this line in column 3, too");
        assertTold(
                "process:\n  on_error: abort\ntriggers:\n    - {a: b}\n  globals: {}\n",
                "r:3:1: !this line begins in column 1 and so ends the section process of line 1, but line 5 goes on in column 3: begin this line in column 3, too");
    }

    @Test
    void a_section_between_two_columns_is_not_taken_for_the_end_of_the_one_before_it() {
        assertTold(
                "edr:\nnetwork:\n  embedded: {}\n tcap: {}\n",
                "r:4:2: !this key begins in column 2, which fits no line above it: begin it in column 1 (as line 2) or 3 (as line 3), or line 3 in column 2");
    }

    @Test
    void what_stands_in_brackets_or_in_a_text_of_lines_gives_no_column() {
        assertTold(
                "a:\n  b: {c: [d,\n e], f: '}'}\n  g: |\n    h: i\n   j: k\n",
                "r:6:4: !this key begins in column 4, which fits no line above it: begin it in column 1 (as line 1) or 3 (as line 4)");
    }

    @Test
    void a_first_key_that_is_indented() {
        assertTold(
                "  process:\n    a: b\nlog: {}\n",
                "r:1:3: !this line, the first of the file, begins in column 3, further right than line 3: begin both in column 1");
    }

    @Test
    void a_brace_that_is_not_closed_is_told_where_it_opens() {
        assertTold(
                "triggers:\n  - {a: b, c: d\n  - {e: f}\n",
                "r:2:5: !the { that opens here is not closed: a } is missing before line 3");
        assertTold(
                "triggers: [{a: b}\n\nlog: {}\n",
                "r:1:11: !the [ that opens here is not closed: a ] is missing before line 3");
        assertTold(
                "a: b\nlog: {level: info\n",
                "r:2:6: !the { that opens here is not closed: a } is missing before line 3");
    }

    @Test
    void a_comma_that_is_missing() {
        assertTold(
                "a: {b: \"c\" d: e}\n", "r:1:12: !a comma or the closing } is missing before this");
    }

    @Test
    void a_brace_too_many() {
        assertTold("a: {b: c}}\n", "r:1:10: !this } closes nothing: remove it");
    }

    @Test
    void a_quote_that_is_not_closed_is_told_where_it_opens() {
        assertTold(
                "triggers:\n  - {a: \"*1#, b: c}\n  - {a: \"*2#\", b: c}\n",
                "r:2:9: !the quote that opens here is not closed on its line: the next one is on line 3");
        assertTold("a: b\nc: \"d\ne: f\n", "r:2:4: !the quote that opens here is never closed");
    }

    @Test
    void a_quote_that_the_first_of_a_line_below_closes_is_told_where_it_opens() {
        assertTold(
                "a:\n  title: \"Bills\n  pay: \"Pay\"\n  more: x\n",
                "r:2:10: !the quote that opens here is not closed on its line: the next one is on line 3, and closes it");
        assertTold(
                "a: 'Bills\n\n# don't\nb: 'Pay'\n",
                "r:1:4: !the quote that opens here is not closed on its line: the next one is on line 3, and closes it");
        assertTold(
                "a: \"Bills\nb: \"Pay: now\"\n",
                "r:1:4: !the quote that opens here is not closed on its line: the next one is on line 2, and closes it");
        assertTold(
                "a: don't\nb: 'Pay' c\n",
                "r:2:10: !nothing may follow a text in quotes or brackets here: put everything in one pair of quotes");
    }

    @Test
    void a_text_that_goes_on_behind_its_quotes() {
        assertTold(
                "a: \"b\" c\n",
                "r:1:8: !nothing may follow a text in quotes or brackets here: put everything in one pair of quotes");
    }

    @Test
    void a_blank_or_a_colon_that_is_missing() {
        assertTold(
                "process:\n  menu_timeout:30s\n  triggers: []\n",
                "r:2:15: !a space is missing after the colon: write menu_timeout: 30s");
        assertTold(
                "process\n  menu_timeout: 30s\n",
                "r:1:8: !a colon is missing after the key: write process:");
        assertTold(
                "log:\n  level: info\n  edr\nedr: {}\n",
                "r:3:3: !a colon and a space are missing after the key: write KEY: VALUE");
    }

    @Test
    void a_second_colon_in_a_text() {
        assertTold(
                "error_message: Sorry: try later\n",
                "r:1:21: !a second colon with a space after it; put the text in double quotes, or begin a new line for the second key");
    }

    @Test
    void a_tab_and_what_no_text_begins_with() {
        assertTold(
                "a:\n\tb: c\n",
                "r:2:1: !this line is indented with a tab; YAML allows only spaces");
        assertTold("a: @b\n", "r:1:4: !a text cannot begin with @: put it in double quotes");
    }

    @Test
    void an_escape_that_is_none() {
        assertTold(
                "a: \"\\q\"\n",
                "r:1:6: !\\q is not an escape in double quotes; write \\\\q, or put the text in single quotes");
    }
}
