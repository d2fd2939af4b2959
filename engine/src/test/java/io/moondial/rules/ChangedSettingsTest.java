package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.config.ChangedSettings.Change;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What differs between two rules files, as the log of a reload tells it. */
class ChangedSettingsTest {
    @TempDir Path temp;
    private RulesFolder folder;

    @BeforeEach
    void makeScripts() throws Exception {
        folder = RulesFolder.withScripts(temp, "care", "balance");
    }

    private List<Change> between(String before, String after) throws Exception {
        return folder.read(after).changesSince(folder.read(before));
    }

    private List<String> told(String before, String after) throws Exception {
        return between(before, after).stream().map(Change::toString).toList();
    }

    @Test
    void what_says_the_same_differs_in_nothing() throws Exception {
        assertThat(between("log: {}", "# a comment\nlog: {level: info}")).isEmpty();
        assertThat(
                        between(
                                "process: {triggers: [{script_key: care}]}",
                                "process:\n  triggers:\n  - script_key: care"))
                .as("triggers on other lines")
                .isEmpty();
    }

    @Test
    void a_value_is_told_where_it_is_short_and_not_the_writers_own() throws Exception {
        assertThat(
                        told(
                                "process: {error_message: %s, globals: {PIN: '1'}}"
                                        .formatted("x".repeat(60)),
                                """
                                process:
                                  error_message: short
                                  globals: {PIN: '2'}
                                  triggers: [{script_key: care}]
                                script: {max_memory: 1MiB}
                                """))
                .containsExactly(
                        "process.error_message",
                        "process.globals",
                        "process.triggers 0 -> 1",
                        "script.max_memory 16MiB -> 1MiB");
    }

    @Test
    void a_list_of_words_is_told_whole() throws Exception {
        assertThat(
                        told(
                                "push: {route: hlr}",
                                "push: {route: hlr, retry: {on: [ussd_busy, absent_subscriber]}}"))
                .containsExactly(
                        "push.retry.on [\"ussd_busy\", \"system_failure\", \"no_answer\"] -> [\"ussd_busy\", \"absent_subscriber\"]");
        assertThat(
                        told(
                                "push: {route: hlr}",
                                "push: {route: hlr, retry: {on: [ussd_busy, system_failure, no_answer, absent_subscriber]}}"))
                .containsExactly(
                        "push.retry.on [\"ussd_busy\", \"system_failure\", \"no_answer\"] -> [\"ussd_busy\", \"system_failure\", \"no_answer\", \"absent_subscriber\"]");
    }

    @Test
    void triggers_that_come_or_go_are_counted() throws Exception {
        String two =
                "process: {triggers: [{ussd_string: '*1#', script_key: care}, {script_key: care}]}";
        assertThat(told(two, "log: {}")).containsExactly("process.triggers 2 -> 0");
        assertThat(told(two, "process: {triggers: [{script_key: care}]}"))
                .containsExactly("process.triggers 2 -> 1");
        assertThat(told(two, two.replace("*1#", "*2#"))).containsExactly("process.triggers");
    }

    @Test
    void a_section_that_comes_or_goes_is_told_key_by_key() throws Exception {
        assertThat(told("log: {}", "notify: {}"))
                .containsExactly(
                        "notify.edr_stream added",
                        "notify.globals added",
                        "notify.script_dir added",
                        "notify.triggers added");
        assertThat(told("notify: {}", "log: {}")).first().isEqualTo("notify.edr_stream removed");
    }

    @Test
    void four_sections_wait_for_a_restart() throws Exception {
        List<Change> all = between("log: {}", RulesFolder.resource("full.yaml"));
        assertThat(all)
                .filteredOn(Change::waitsForRestart)
                .extracting(change -> change.key().replaceAll("\\..*", ""))
                .containsOnly("control", "dialogs", "edr", "network");
        assertThat(all)
                .filteredOn(change -> !change.waitsForRestart())
                .extracting(change -> change.key().replaceAll("\\..*", ""))
                .containsOnly("log", "notify", "process", "script", "time_zone");
    }
}
