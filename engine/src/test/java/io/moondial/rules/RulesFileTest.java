package io.moondial.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.Rules;
import io.moondial.admin.Role;
import io.moondial.admin.UsersFile;
import io.moondial.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RulesFileTest {
    @TempDir Path folder;

    /** Those that are printed, which {@link RulesPrinterTest} holds. */
    @Test
    void a_file_of_almost_nothing_takes_every_default() throws Exception {
        RulesFolder rules = RulesFolder.withScripts(folder);

        Rules empty = rules.read("log: {}");

        assertThat(empty).isEqualTo(rules.read(RulesFolder.resource("defaults.printed.yaml")));
        assertThat(empty.file()).isEqualTo(rules.file());
        assertThat(empty.edr().defaults().directory()).isEqualTo(folder.resolve("edr"));
        assertThat(empty.inboundNotify()).as("the service of notifies is off").isNull();
        assertThat(empty.network().sigtran()).isNull();
    }

    @Test
    void an_interface_that_is_open_to_others_is_refused_as_serve_refuses_it() throws Exception {
        RulesFolder rules = RulesFolder.withScripts(folder);
        assertThat(rules.warnings("admin: {listen: '0.0.0.0:8088', users: u}"))
                .extracting(Problem::severity)
                .containsExactly(Problem.Severity.UNSAFE, Problem.Severity.UNSAFE);
        String tls = "tls: {certificate: c.pem, key: k.pem}";
        assertThat(rules.warnings("admin: {listen: '0.0.0.0:8088', %s}".formatted(tls)))
                .extracting(Problem::toString)
                .containsExactly(
                        rules.file()
                                + ":1:17: listen: other machines can reach 0.0.0.0:8088, and there are no users: name their file (admin: users), and add one with ussd user add");
        assertThat(rules.warnings("admin: {listen: '127.0.0.1:8088', users: u}"))
                .extracting(Problem::severity)
                .containsExactly(Problem.Severity.WARNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# a comment\n", "---\n", "{}", "\uFEFF"})
    void a_file_without_any_key_is_refused(String text) throws Exception {
        assertThat(RulesFolder.withScripts(folder).report(text))
                .startsWith(
                        "rules.yaml: the file is empty, or has only comments: at least one key is needed, such as process");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_spill_folder_on_the_disk_of_the_records_is_warned_of()
            throws Exception { // with /proc, which is no disk
        RulesFolder rules = RulesFolder.withScripts(folder);

        assertThat(rules.warnings("edr: {directory: a, spill_directory: b/c}"))
                .extracting(Problem::message)
                .containsExactly(
                        "spill_directory: %s is on the same disk as %s: once that is full, it takes no spilled records either; name a folder on another disk"
                                .formatted(folder.resolve("b/c"), folder.resolve("a")));
        assertThat(
                        rules.warnings(
                                "edr: {directory: /proc, spill_directory: a, streams: {x:"
                                        + " {directory: b}}}"))
                .singleElement()
                .satisfies(
                        it -> assertThat(it.message()).contains("disk as " + folder.resolve("b")));
        assertThat(rules.warnings("edr: {directory: /proc, spill_directory: b}")).isEmpty();
        assertThat(rules.warnings("edr: {directory: a}")).isEmpty();
    }

    @Test
    void an_interface_that_is_open_to_others_needs_somebody_in_a_file_that_can_be_used()
            throws Exception {
        RulesFolder rules = RulesFolder.withScripts(folder);
        Path file = folder.resolve("u");
        UsersFile users = new UsersFile(file);
        String open =
                "admin: {listen: '0.0.0.0:8088', users: u, tls: {certificate: c.pem, key: k.pem}}";
        String local = "admin: {listen: '127.0.0.1:8088', users: u}";
        users.addToken("robot", Role.VIEWER);
        assertThat(rules.warnings(open)).isEmpty();
        assertThat(rules.warnings(local)).isEmpty();

        users.remove("robot");
        assertThat(rules.warnings(open))
                .singleElement()
                .satisfies(
                        it -> {
                            assertThat(it.severity()).isEqualTo(Problem.Severity.UNSAFE);
                            assertThat(it.message())
                                    .isEqualTo(
                                            "users: nobody can log in over TCP: %s has no users; ussd user add adds one"
                                                    .formatted(file));
                        });

        Files.writeString(file, "nonsense\n"); // only its owner can read it still
        for (String text : List.of(open, local)) {
            assertThat(rules.warnings(text))
                    .singleElement()
                    .satisfies(
                            it -> {
                                assertThat(it.severity())
                                        .isEqualTo(
                                                text.equals(open)
                                                        ? Problem.Severity.UNSAFE
                                                        : Problem.Severity.WARNING);
                                assertThat(it.message())
                                        .startsWith(
                                                "users: an engine does not start with this file: %s:1: a line is NAME ROLE"
                                                        .formatted(file));
                            });
        }
    }
}
