package io.moondial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.admin.ReloadResource.Outcome;
import io.moondial.admin.Role;
import io.moondial.admin.UsersFile;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.logic.LuaService.ScriptStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** A person saves files while the engine runs. */
class ReloadTest {
    @TempDir Path folder;

    private LiveEngine engine(String lua) {
        return LiveEngine.running(folder, lua).following();
    }

    @Test
    void who_asks_for_a_reload_before_changes_are_followed_is_not_waited_for() {
        try (LiveEngine live = LiveEngine.running(folder, "return 'main'")) {
            assertThat(live.engine.reload("olga")).isCancelled();
            assertThat(live.engine.reloading().isAsked()).isFalse();
        }
    }

    @Test
    void a_script_that_is_saved_answers_the_next_dialog_and_the_log_says_what_changed() {
        try (LiveEngine live = engine("return 'old ' .. SCRIPT_VERSION")) {
            String old = live.answer();
            live.save("scripts/main.lua", "return 'new ' .. SCRIPT_VERSION");
            live.awaitLog("reloaded in \\d+\\.\\d ms: main\\.lua [0-9a-f]{8} -> [0-9a-f]{8}");
            String fresh = live.answer();
            assertThat(fresh).matches("new [0-9a-f]{8}");
            assertThat(live.log.getLast())
                    .endsWith(
                            ": main.lua %s -> %s".formatted(old.substring(4), fresh.substring(4)));
            assertThat(live.counted("reloads.done")).isEqualTo(1);
            assertThat(live.counted("reloads.rejected")).isZero();
        }
    }

    @Test
    void so_does_a_module_under_lib() {
        try (LiveEngine live =
                engine("local ok, m = pcall(require, 'm') return ok and m or 'none'")) {
            assertThat(live.answer()).isEqualTo("none");
            live.save("scripts/lib/m.lua", "return 'old'");
            live.awaitAnswer("old");
            live.awaitLog(".*: lib/m\\.lua [0-9a-f]{8} added, main\\.lua .* -> .*");
            live.save("scripts/lib/m.lua", "return 'new'");
            live.awaitAnswer("new");
            live.awaitLog(".*: lib/m\\.lua .* -> .*, main\\.lua .* -> .*");
        }
    }

    /** As an editor leaves it whose disk is full. */
    @Test
    void an_empty_rules_file_is_refused_and_changes_nothing() {
        try (LiveEngine live = engine("return 'main'")) {
            live.save("rules.yaml", "");
            live.awaitLog(
                    ".*rules\\.yaml: the file is empty, or has only comments: at least one key is needed.*");
            assertThat(live.answer()).isEqualTo("main");
            assertThat(live.counted("reloads.done")).isZero();
        }
    }

    @Test
    void so_does_a_module_in_a_folder_under_lib() {
        try (LiveEngine live =
                engine("local ok, m = pcall(require, 'a.b') return ok and m or 'none'")) {
            assertThat(live.answer()).isEqualTo("none");
            live.save("scripts/lib/a/b/init.lua", "return require 'a.b.c'");
            live.save("scripts/lib/a/b/c.lua", "return 'old'");
            live.awaitAnswer("old");
            live.save("scripts/lib/a/b/c.lua", "return 'new'");
            live.awaitAnswer("new");
            live.awaitLog(
                    ".*: lib/a/b/c\\.lua .* -> .*, lib/a/b/init\\.lua .* -> .*, main\\.lua .* -> .*");
        }
    }

    @Test
    void so_does_a_file_of_texts_and_one_that_is_broken_keeps_the_old_texts() {
        try (LiveEngine live = engine("return t.language()")) {
            live.save("scripts/lang/en.yaml", "main: old\n");
            live.awaitLog(".*: lang/en\\.yaml [0-9a-f]{8} added, main\\.lua .* -> .*");
            live.save("scripts/main.lua", "return t 'main'");
            live.awaitAnswer("old");
            live.save("scripts/lang/en.yaml", "main: new\n");
            live.awaitAnswer("new");
            live.awaitLog(".*: lang/en\\.yaml .* -> .*, main\\.lua .* -> .*");
            live.save("scripts/lang/en.yaml", "main: {a\n");
            live.awaitLog("scripts/lang/en\\.yaml:\\d+:\\d+: .*");
            assertThat(live.answer()).isEqualTo("new");
            live.save("scripts/lang/en.yaml", "other: x\n");
            live.awaitLog("scripts/main\\.lua:1:8: there is no text 'main' in en.*");
            assertThat(live.answer()).isEqualTo("new");
        }
    }

    @Test
    void a_text_that_is_missing_in_a_language_is_counted_each_time() throws Exception {
        try (LiveEngine live =
                LiveEngine.running(folder, "return 'x'")
                        .save("scripts/lang/en.yaml", "main: english\n")
                        .save("scripts/lang/sw.yaml", "other: x\n")
                        .save("scripts/lang/en.yaml", "main: english\nother: x\n")
                        .save("scripts/main.lua", "t.language 'sw' return t 'main'")
                        .following()) {
            live.awaitAnswer("english");
            long before = live.counted("calls.t.sw.missing");
            assertThat(live.answer()).isEqualTo("english");
            assertThat(live.answer()).isEqualTo("english");
            assertThat(live.counted("calls.t.sw.missing")).isEqualTo(before + 2);
        }
    }

    @Test
    void a_dialog_keeps_the_texts_that_it_began_with() throws Exception {
        try (LiveEngine live =
                LiveEngine.running(folder, "return 'x'")
                        .save("scripts/lang/en.yaml", "first: one\nsecond: old\n")
                        .save("scripts/main.lua", "ussd.menu(t 'first') return t 'second'")
                        .following()) {
            live.awaitLog(".*main\\.lua.*");
            Handset before = live.dial("*1#");
            Screen.Menu menu = (Screen.Menu) live.next(before);
            live.save("scripts/lang/en.yaml", "first: one\nsecond: new\n");
            live.awaitLog(".*: lang/en\\.yaml [0-9a-f]{8} -> .*, main\\.lua .* -> .*");
            before.answer(menu, "1");
            assertThat(live.next(before)).isEqualTo(new Screen.Respond("old"));
        }
    }

    @Test
    void so_do_the_rules() {
        try (LiveEngine live = engine("return 'main'")) {
            live.save("scripts/other.lua", "return rawget(_G, 'WHAT')");
            live.awaitLog(".*: other\\.lua .* added");
            live.save(
                    "rules.yaml",
                    """
                    process:
                      menu_timeout: 45s
                      triggers: [{ussd_string: "*1#", script_key: other}, {script_key: main}]
                      globals: {WHAT: other}
                    script: {reload_interval: 20ms}
                    """);
            live.awaitAnswer("other");
            live.awaitLog("reloaded in .*"); // which is told once it is in service
            assertThat(live.log.getLast())
                    .endsWith(
                            ": process.globals, process.menu_timeout 30s -> 45s,"
                                    + " process.triggers 1 -> 2, script.reload_interval 10ms -> 20ms");
            assertThat(live.next(live.dial("*2#"))).isEqualTo(new Screen.Respond("main"));
        }
    }

    @Test
    void what_fails_once_it_is_reached_keeps_the_old_set_and_a_warning_does_not() {
        try (LiveEngine live = engine("return 'main'")) {
            live.save(
                    "scripts/main.lua",
                    "if (...).text == '*9#' then ussd.respnd('x') end return 'new'");
            live.awaitLog(
                    "scripts/main.lua:1:34: 'ussd' has no 'respnd'; did you mean 'respond'\\?");
            assertThat(live.answer()).isEqualTo("main");
            live.save("scripts/main.lua", "pcall(require, 'extra') return 'new'");
            live.awaitAnswer("new");
            live.awaitLog("scripts/main.lua:1:16: warning: module 'extra' not found: .*");
        }
    }

    @Test
    void a_comment_in_the_rules_is_a_reload_too() {
        try (LiveEngine live = engine("return 'main'")) {
            live.save("rules.yaml", "# a comment\n" + LiveEngine.RULES);
            live.awaitLog(".*: no script and no setting in service differs");
        }
    }

    @Test
    void what_has_not_changed_since_the_start_is_no_reload() {
        try (LiveEngine live = engine("return 'one'")) {
            live.save("scripts/main.lua", "return 'two'");
            live.awaitAnswer("two");
            live.awaitLog("reloaded in .*"); // which is told once it is in service
            assertThat(live.log).hasSize(1);
        }
    }

    @Test
    void a_reload_of_what_is_in_service_already_tells_its_warnings() throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), "pcall(require, 'extra') return 1");
        Files.writeString(
                folder.resolve("rules.yaml"), "process: {triggers: [{script_key: main}]}");
        Configuration read = Configuration.read(folder.resolve("rules.yaml"));
        try (Engine engine = new Engine(read.inMemory())) {
            for (String look : List.of("the first", "the second")) {
                CompletableFuture<Outcome> asked = engine.reloading().ask("olga");
                engine.reloading().prepare().run();
                Outcome outcome = asked.get(60, TimeUnit.SECONDS);
                assertThat(outcome.kind()).as(look).isEqualTo(Outcome.Kind.UNCHANGED);
                assertThat(engine.reloading().status().lastBy()).as(look).containsExactly("olga");
                assertThat(outcome.problems())
                        .as(look)
                        .singleElement()
                        .asString()
                        .contains("main.lua:1:16: warning: module 'extra' not found");
            }
        }
    }

    @Test
    void a_reload_that_a_change_of_files_brings_is_the_answer_to_who_asked_meanwhile()
            throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Path script = Files.writeString(folder.resolve("scripts/main.lua"), "return 'one'");
        Files.writeString(
                folder.resolve("rules.yaml"), "process: {triggers: [{script_key: main}]}");
        Configuration read = Configuration.read(folder.resolve("rules.yaml"));
        try (Engine engine = new Engine(read.inMemory())) {
            Reloading reloading = engine.reloading();
            Files.writeString(script, "return 'two'");
            CompletableFuture<Outcome> asked = reloading.ask("olga");
            assertThat(reloading.isAsked()).isTrue();

            reloading.prepare().run();

            assertThat(asked).isCompleted();
            assertThat(asked.join().kind()).isEqualTo(Outcome.Kind.RELOADED);
            // a further look, for nobody, would take her name away
            assertThat(reloading.isAsked()).isFalse();
            assertThat(reloading.status().lastBy()).containsExactly("olga");
        }
    }

    @Test
    void what_changed_between_the_start_and_the_watch_is_not_missed() {
        try (LiveEngine live = LiveEngine.running(folder, "return 'old'")) {
            live.save("scripts/main.lua", "return 'new'");
            live.following().awaitAnswer("new");
        }
    }

    @Test
    void a_dialog_ends_on_what_it_began_with_later_requires_included() throws Exception {
        String old = "local x = ussd.menu('old?')\nreturn 'old ' .. require 'm' .. SCRIPT_VERSION";
        try (LiveEngine live =
                LiveEngine.running(folder, "return 'x'")
                        .save("scripts/lib/m.lua", "return 'old'")
                        .save("scripts/main.lua", old)
                        .following()) {
            live.awaitLog(".*main\\.lua.*");
            Handset running = live.dial("*1#");
            Screen.Menu menu = (Screen.Menu) live.next(running);
            String version = live.log.getLast().replaceAll(".*-> ", "");
            live.save("scripts/lib/m.lua", "return 'new'");
            live.save("scripts/main.lua", "return 'new ' .. require 'm'");
            live.awaitAnswer("new new");
            running.answer(menu, "1");
            assertThat(live.next(running)).isEqualTo(new Screen.Respond("old old" + version));
        }
    }

    @Test
    void a_broken_file_keeps_the_old_release_and_every_place_is_told_once() {
        try (LiveEngine live = engine("return 'old'")) {
            live.save("scripts/lib/m.lua", "local x\nx = = 1");
            live.awaitLog("scripts/lib/m.lua:2:5: .*");
            live.save("scripts/main.lua", "return '\\q'");
            live.awaitLog("scripts/main.lua:1:9: .*");
            assertThat(live.answer()).isEqualTo("old");
            assertThat(live.log)
                    .contains(
                            "not reloaded, the scripts and rules in service stay: one problem to fix",
                            "not reloaded, the scripts and rules in service stay: 2 problems to fix");
            live.save("scripts/lib/m.lua", "return 1");
            await().atMost(LiveEngine.PATIENCE).until(() -> live.counted("reloads.rejected") == 3);
            live.save("scripts/main.lua", "return 'new'");
            live.awaitAnswer("new");
            live.awaitLog("reloaded in .*"); // which is told once it is in service
            assertThat(live.logged("lib/m.lua:2:5")).isEqualTo(2);
            assertThat(live.logged("main.lua:1:9")).isEqualTo(2);
            assertThat(live.counted("reloads.rejected")).isEqualTo(3);
            assertThat(live.counted("reloads.done")).isEqualTo(1);
        }
    }

    @Test
    void scripts_that_may_be_pushed_come_into_service_like_those_of_triggers() {
        try (LiveEngine live = engine("return 'old'")) {
            assertThat(pushed(live)).isEmpty();
            live.save(
                    "rules.yaml", LiveEngine.RULES + "push: {route: hlr, scripts: [main, survye]}");
            live.awaitLog("rules.yaml:3:.*there is no script scripts/survye.lua.*");
            assertThat(pushed(live)).isEmpty();
            live.save("scripts/survey.lua", "ussd.menu('Like it?'");
            live.save(
                    "rules.yaml", LiveEngine.RULES + "push: {route: hlr, scripts: [main, survey]}");
            live.awaitLog("scripts/survey.lua:1:.*");
            assertThat(pushed(live)).isEmpty();
            live.save("scripts/survey.lua", "ussd.menu('Like it?')");
            await().atMost(LiveEngine.PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(pushed(live))
                                            .extracting(ScriptStatus::key)
                                            .containsExactly("main", "survey"));
            String version = pushed(live).getLast().version();
            live.save("scripts/survey.lua", "ussd.menu('Do you like it?')");
            await().atMost(LiveEngine.PATIENCE)
                    .until(() -> !pushed(live).getLast().version().equals(version));
            assertThat(live.engine.scripts().all())
                    .filteredOn(it -> it.service().equals("push") && it.key().equals("survey"))
                    .singleElement()
                    .satisfies(it -> assertThat(it.file().toString()).endsWith("survey.lua"));
        }
    }

    private static List<ScriptStatus> pushed(LiveEngine live) {
        return live.engine.status().scripts().stream()
                .filter(it -> it.service().equals("push"))
                .toList();
    }

    @Test
    void broken_rules_keep_the_old_ones() {
        try (LiveEngine live = engine("return 'old'")) {
            live.save("rules.yaml", "process:\n  menu_timout: 30s\ndialogs: {max: none}\n");
            live.awaitLog("rules.yaml:2:3: unknown key .*");
            live.awaitLog("rules.yaml:3:16: max: found none.*");
            live.save("rules.yaml", "process: {triggers: [{script_key: mian}]}");
            live.awaitLog("rules.yaml:1:.*there is no script scripts/mian.lua.*");
            assertThat(live.answer()).isEqualTo("old");
            live.save("scripts/mian.lua", "return 'mian'");
            live.awaitAnswer("mian");
        }
    }

    @Test
    void what_only_a_start_takes_up_waits_and_is_named_once() {
        List<Configuration> applied = new CopyOnWriteArrayList<>();
        try (LiveEngine live = LiveEngine.running(folder, "return 'old'")) {
            live.engine.followChanges(applied::add);
            live.save(
                    "rules.yaml",
                    LiveEngine.RULES
                            + """
                            dialogs: {max: 7}
                            edr: {streams: {ussd: {max_file_edrs: 9}}}
                            network: {embedded: {ssns: [6]}}
                            control: {socket: run/other.sock}
                            log: {level: debug}
                            """);
            live.awaitLog(".*: log\\.level info -> debug");
            live.awaitLog("network\\.embedded\\.ssns \\[6, 147] -> \\[6] waits for a restart");
            live.save("scripts/main.lua", "return 'new'");
            live.awaitAnswer("new");
            assertThat(live.log)
                    .contains(
                            "dialogs.max 250000 -> 7 waits for a restart",
                            "edr.streams.ussd.max_file_edrs added waits for a restart",
                            "control.socket \"run/ussd.sock\" -> \"run/other.sock\" waits for a restart");
            assertThat(live.logged("dialogs.max ")).isEqualTo(1);
            assertThat(live.logged("waits for a restart"))
                    .isEqualTo(
                            live.log.stream().distinct().filter(l -> l.contains("waits")).count());
            assertThat(applied)
                    .first()
                    .extracting(it -> it.rules().log().level())
                    .isEqualTo(Level.DEBUG);
        }
    }

    @Test
    void another_script_folder_is_taken_up_and_watched() {
        try (LiveEngine live = engine("return 'scripts'")) {
            live.save(
                    "rules.yaml",
                    "script: {reload_interval: 10ms}\n"
                            + "process: {script_dir: menus, triggers: [{script_key: main}]}");
            live.awaitLog("rules.yaml:2:.*there is no folder menus.*");
            assertThat(live.answer()).isEqualTo("scripts");
            live.save("menus/main.lua", "return 'menus'");
            live.awaitAnswer("menus");
            live.save("menus/main.lua", "return 'more menus'");
            live.awaitAnswer("more menus");
        }
    }

    @Test
    void a_script_folder_that_is_taken_away_and_comes_back_harms_nobody() throws IOException {
        try (LiveEngine live = engine("return 'old'")) {
            Files.move(folder.resolve("scripts"), folder.resolve("aside"));
            live.awaitLog("rules.yaml:1:.*there is no folder scripts.*");
            assertThat(live.answer()).isEqualTo("old");
            live.save("scripts/main.lua", "return 'new'");
            live.awaitAnswer("new");
            live.save("scripts/main.lua", "return 'newer'");
            live.awaitAnswer("newer");
        }
    }

    @Test
    void a_limit_of_the_rules_holds_from_the_reload_on() {
        try (LiveEngine live = engine("for i = 1, 1000 do end return 'done'")) {
            assertThat(live.answer()).isEqualTo("done");
            live.save(
                    "rules.yaml",
                    "process: {triggers: [{script_key: main}]}\nscript: {max_instructions: 500}\n");
            live.awaitAnswer("abort");
        }
    }

    @Test
    void bad_files_are_refused_each_with_its_place() throws IOException {
        try (LiveEngine live = engine("return 'old'")) {
            refused(
                    live,
                    "binary.lua",
                    new byte[] {0x1b, 'L', 'u', 'a'},
                    "scripts/binary.lua: a compiled .*");
            refused(
                    live,
                    "huge.lua",
                    new byte[10 << 20],
                    "scripts/huge.lua: 10485760 octets long.*");
            refused(
                    live,
                    "utf8.lua",
                    new byte[] {'x', (byte) 0xff, '=', '1'},
                    "scripts/utf8.lua:1:2: .*");
            refused(live, "string.lua", text("x = 'abc\n"), "scripts/string.lua:1:5: unfinished.*");
            refused(live, "z.lua", text("x = 'abc\\z"), "scripts/z.lua:1:.*");
            refused(
                    live,
                    "two\nlines.lua",
                    text(""),
                    "scripts/two\\\\nlines.lua: a script's name.*");
            refused(live, "odd name.lua", text(""), "scripts/odd name.lua: a script's name.*");
            Files.createDirectory(folder.resolve("scripts/dir.lua"));
            live.awaitLog(
                    "scripts/dir.lua: not a plain file but a folder: replace it with a file, or remove it");
            Files.delete(folder.resolve("scripts/dir.lua"));
            Files.writeString(folder.resolve("outside.lua"), "return 1");
            Files.createSymbolicLink(
                    folder.resolve("scripts/out.lua"), folder.resolve("outside.lua"));
            live.awaitLog(
                    "scripts/out.lua: a link that leads out of the script folder: replace it with the file itself");
            assertThat(live.answer()).isEqualTo("old");
            Files.delete(folder.resolve("scripts/out.lua"));
            live.save("scripts/main.lua", "\uFEFFreturn 'marked'\r\n");
            live.awaitAnswer("marked");
        }
    }

    private void refused(LiveEngine live, String name, byte[] content, String problem)
            throws IOException {
        live.save("scripts/" + name, content);
        live.awaitLog(problem);
        assertThat(live.answer()).isEqualTo("old");
        Files.delete(folder.resolve("scripts").resolve(name));
    }

    private static byte[] text(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void rules_that_open_the_interface_to_others_while_nobody_may_log_in_are_refused()
            throws Exception {
        UsersFile users = new UsersFile(folder.resolve("users"));
        users.addToken("robot", Role.VIEWER);
        users.remove("robot");
        try (LiveEngine live = engine("return 'main'")) {
            live.save(
                    "rules.yaml",
                    """
                    process: {triggers: [{script_key: main}]}
                    admin: {listen: '0.0.0.0:8088', users: users, tls: {certificate: c.pem, key: k.pem}}
                    """);
            live.awaitLog(".*users: nobody can log in over TCP: users has no users; .*");
            assertThat(live.answer()).isEqualTo("main");
            assertThat(live.counted("reloads.done")).isZero();
        }
    }
}
