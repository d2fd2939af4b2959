package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.moondial.admin.EngineStatus.ReloadStatus;
import io.moondial.admin.Role;
import io.moondial.admin.UsersFile;
import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import io.moondial.problem.Problem;
import io.moondial.script.ScriptHost.CompilationObserver;
import io.moondial.script.ScriptRelease;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The set in service, kept and read again while the files it came from are broken. */
class LastGoodTest {
    private static final Instant THEN = Instant.parse("2026-01-05T08:00:00Z");

    private static final List<Problem> BROKEN =
            List.of(
                    new Problem(Path.of("a.lua"), 1, 8, "unexpected return"),
                    Problem.warning(Path.of("a.lua"), 2, 1, "odd"),
                    new Problem(Path.of("b.lua"), 3, 1, "unknown x"),
                    new Problem(Path.of("c.lua"), 0, 0, "too long"),
                    new Problem(Path.of("d.lua"), 4, 1, "unknown y"));

    @TempDir Path folder;
    private Path rules;
    private LastGood lastGood;

    @BeforeEach
    void write() throws IOException {
        rules = folder.resolve("rules.yaml");
        save("scripts/main.lua", "local m = require 'deep.m' return m, t 'main'");
        save("scripts/lib/deep/m.lua", "return 'old'");
        save("scripts/lang/en.yaml", "main: Main\n");
        save("scripts/lang/sw.yaml", "main: Kuu\n");
        save("inbound/told.lua", "return");
        save(
                "rules.yaml",
                """
                process: {menu_timeout: 7s, triggers: [{script_key: main}], globals: {A: "x: 1"}}
                notify: {script_dir: inbound, triggers: [{script_key: told}]}
                """);
        lastGood = new LastGood(rules, folder.resolve("state"));
    }

    private void save(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void breakEverything() throws IOException {
        save("rules.yaml", "process: {");
        save("scripts/main.lua", "return return");
        Files.delete(folder.resolve("scripts/lib/deep/m.lua"));
        Files.delete(folder.resolve("scripts/lang/en.yaml"));
        save("scripts/lang/sw.yaml", "main: [");
        Files.delete(folder.resolve("inbound/told.lua"));
        Files.delete(folder.resolve("inbound"));
    }

    private Configuration kept() throws Exception {
        return lastGood.read(BROKEN, CompilationObserver.NONE);
    }

    @Test
    void what_is_kept_is_read_as_it_was_whatever_became_of_the_files() throws Exception {
        Configuration before = Configuration.read(rules);
        lastGood.keep(before);
        Files.setLastModifiedTime(lastGood.file(), FileTime.from(THEN));
        breakEverything();

        Configuration after = kept();

        assertThat(after.rules().process().menuTimeout())
                .isEqualTo(before.rules().process().menuTimeout());
        assertThat(after.rules().process().globals()).isEqualTo(before.rules().process().globals());
        assertThat(after.rules().edr()).isEqualTo(before.rules().edr());
        assertThat(after.rules().control()).isEqualTo(before.rules().control());
        assertThat(after.releases()).containsOnlyKeys(before.releases().keySet());
        for (Path scripts : before.releases().keySet()) {
            assertThat(after.releases().get(scripts))
                    .extracting(ScriptRelease::versions)
                    .isEqualTo(before.releases().get(scripts).versions());
        }
        assertThat(after.releases().get(folder.resolve("scripts")))
                .extracting(it -> it.texts().languages())
                .isEqualTo(Set.of("en", "sw"));
        assertThat(after.kept()).isEqualTo(new Configuration.Kept(THEN, BROKEN));
        assertThat(lastGood.keptAt()).contains(THEN);
    }

    @Test
    void each_version_of_texts_that_was_in_service_is_kept() throws Exception {
        String versions = "state/rules.yaml.releases/scripts-scripts/lang.sw";
        try (Engine engine = new Engine(Configuration.read(rules).inMemory())) {
            engine.keepLastGood(lastGood);
            save("scripts/lang/sw.yaml", "main: Mpya\n");
            engine.reloading().prepare().run();
        }

        try (Stream<Path> files = Files.list(folder.resolve(versions))) {
            assertThat(files.map(LastGoodTest::content).toList())
                    .containsExactlyInAnyOrder("main: Kuu\n", "main: Mpya\n");
        }
    }

    private static String content(Path file) {
        try {
            assertThat(file.getFileName().toString()).matches("[0-9a-f]{8}\\.yaml");
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_engine_tells_from_its_start_what_is_broken_and_since_when() throws Exception {
        lastGood.keep(Configuration.read(rules));
        Files.setLastModifiedTime(lastGood.file(), FileTime.from(THEN));
        save("rules.yaml", "process: {");
        Instant before = Instant.now();
        try (Engine engine = new Engine(kept().inMemory())) {
            ReloadStatus status = engine.status().reload();
            assertThat(status.keptAt()).isEqualTo(THEN);
            ReloadStatus.Refusal refusal = Objects.requireNonNull(status.refusal());
            assertThat(refusal.words())
                    .isEqualTo(
                            "a.lua:1:8: unexpected return; b.lua:3:1: unknown x; c.lua: too long; and 1 more: ussd check");
            assertThat(refusal.since()).isBetween(before, Instant.now());

            engine.reloading().prepare().run();

            ReloadStatus.Refusal again = Objects.requireNonNull(engine.status().reload().refusal());
            assertThat(again.words()).startsWith(rules + ":1:");
            assertThat(again.since()).isEqualTo(refusal.since());
        }
    }

    @Test
    void the_file_and_its_folder_are_their_owners_alone_and_nothing_else_is_left_there()
            throws Exception {
        lastGood.keep(Configuration.read(rules));
        lastGood.keep(Configuration.read(rules));
        Path state = folder.resolve("state");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lastGood.file())))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(state)) {
            assertThat(files).containsExactly(state.resolve("rules.yaml.last-good"));
        }
    }

    @Test
    void where_none_is_kept_that_is_said() {
        assertThat(lastGood.keptAt()).isEmpty();
        assertThatThrownBy(this::kept)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no such file or folder");
    }

    @Test
    void what_is_no_such_file_is_refused() throws Exception {
        save("state/rules.yaml.last-good", "precious");
        assertThatThrownBy(this::kept)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no set is kept in this file");
    }

    @Test
    void a_folder_that_others_can_write_to_takes_none() throws Exception {
        Path state = Files.createDirectory(folder.resolve("state"));
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
        Configuration configuration = Configuration.read(rules);
        assertThatThrownBy(() -> lastGood.keep(configuration))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("others than its owner can write to the folder");
        assertThat(state).isEmptyDirectory();
    }

    /** A supervisor tries that exit code again: the file comes back, and the engine starts. */
    @ParameterizedTest
    @ValueSource(strings = {"return 'x'", "return return"})
    void a_kept_set_that_is_sound_and_not_safe_is_a_start_that_is_tried_again(String lua)
            throws Exception {
        UsersFile users = new UsersFile(folder.resolve("users"));
        users.addToken("robot", Role.VIEWER);
        save("scripts/main.lua", "return 'x'");
        save(
                "rules.yaml",
                """
                process: {triggers: [{script_key: main}]}
                admin: {listen: '0.0.0.0:0', users: users, tls: {certificate: c.pem, key: k.pem}}
                """);
        lastGood.keep(Configuration.read(rules));
        Files.delete(folder.resolve("users"));
        save("scripts/main.lua", lua);

        StringWriter err = new StringWriter();
        int code =
                InProcess.ussd(
                        new StringWriter(),
                        err,
                        "serve",
                        "--last-good",
                        "--rules",
                        rules.toString());

        assertThat(code).as("%s", err).isEqualTo(ExitCode.NOT_STARTED);
        assertThat(err.toString().lines())
                .last()
                .asString()
                .startsWith("ussd: could not start: ")
                .contains("users: nobody can log in over TCP: there is no file ");
    }
}
