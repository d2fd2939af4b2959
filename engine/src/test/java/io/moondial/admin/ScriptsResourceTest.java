package io.moondial.admin;

import static io.moondial.admin.Asking.ADMIN;
import static io.moondial.admin.Asking.OPERATOR;
import static io.moondial.admin.Asking.VIEWER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.LastGood;
import io.moondial.channel.Address;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.cli.test.ServedTests;
import io.moondial.handset.Handset;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code /v1/scripts} of an engine that follows its files and keeps its releases. */
class ScriptsResourceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String RULES =
            """
            process:
              triggers:
              - {script_key: care, ussd_string: "*100#"}
              - {script_key: vip, msisdn_prefix: "2777"}
              - {script_key: main}
            script: {reload_interval: 10ms, keep_releases: 3}
            edr: {directory: edrs}
            """;
    private static final String MAIN =
            """
            local answer = ussd.menu("1. Talk", {timeout = "5s"})
            if answer == "boom" then
                error("no account of 27761234567")
            end
            return "you said " .. answer
            """;

    @TempDir Path folder;
    private @Nullable Engine engine;
    private Asking api = new Asking();

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private Engine running() throws Exception {
        save("rules.yaml", RULES);
        save("scripts/main.lua", MAIN);
        save("scripts/care.lua", "return 'care'\n");
        save("scripts/vip.lua", "return require('names').vip\n");
        save("scripts/lib/names.lua", "return {vip = 'vip'}\n");
        return started();
    }

    private Engine started() throws Exception {
        return started(true);
    }

    private Engine started(boolean following) throws Exception {
        Engine running = new Engine(Configuration.read(folder.resolve("rules.yaml")));
        engine = running;
        running.start();
        running.keepLastGood(new LastGood(folder.resolve("rules.yaml"), folder.resolve("state")));
        if (following) {
            running.followChanges(now -> {});
        }
        api = new Asking(new ScriptsResource(running.scripts(), new ServedTests(running::rules)));
        return running;
    }

    /** As an editor does. */
    private void save(String name, String content) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Path beside = Files.writeString(file.resolveSibling(".new"), content);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private JsonNode summary(String key) throws Exception {
        return StreamSupport.stream(
                        api.get(OPERATOR, "/v1/scripts").get("scripts").spliterator(), false)
                .filter(it -> it.get("key").asString().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private void saved(String key, String content) throws Exception {
        String before = summary(key).get("version").asString();
        save("scripts/" + key + ".lua", content);
        await().atMost(PATIENCE)
                .until(() -> !summary(key).get("version").asString().equals(before));
    }

    /** The last screen of a dialog in which this is answered. */
    private static Screen talk(Engine engine, String answer) throws Exception {
        CompletableFuture<Screen> menu = new CompletableFuture<>();
        CompletableFuture<Screen> last = new CompletableFuture<>();
        Handset handset =
                Handset.begin(
                        engine.handsets(),
                        new Subscriber(Address.international("27761234567"), null, null, 6)
                                .call(
                                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                                        UssdString.encode("*1#", Dcs.UNSPECIFIED)),
                        screen -> (screen.isLast() ? last : menu).complete(screen));
        Screen first = menu.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        handset.answer((Screen.Menu) first, answer);
        return last.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void each_script_has_its_version_its_counts_and_how_it_failed_last() throws Exception {
        Engine running = running();
        talk(running, "hello");
        talk(running, "boom");
        await().atMost(PATIENCE).until(() -> summary("main").get("failed").asInt() == 1);
        JsonNode main = summary("main");
        assertThat(main.get("service").asString()).isEqualTo("process");
        assertThat(main.get("file").asString()).endsWith("scripts/main.lua");
        assertThat(main.get("state").asString()).isEqualTo("on");
        assertThat(main.get("begun").asInt()).isEqualTo(2);
        assertThat(main.get("problems").asInt()).isZero();
        assertThat(main.get("think_p50_ms").isNumber()).isTrue();
        assertThat(main.get("last_failure").get("text").asString())
                .contains("main.lua:3", "27761234567");
        assertThat(main.get("last_failure").get("instance_id").asString()).isNotEmpty();
        JsonNode seen = api.get(VIEWER, "/v1/scripts").get("scripts").get(2);
        assertThat(seen.get("key").asString()).isEqualTo("main");
        assertThat(seen.toString())
                .as("a viewer sees no number that a script has put into its error")
                .doesNotContain("27761234567")
                .contains("2776123****");
        JsonNode care = summary("care");
        assertThat(care.get("begun").asInt()).isZero();
        assertThat(care.get("think_p50_ms").isNull()).isTrue();
        assertThat(care.has("last_failure")).isFalse();
    }

    @Test
    void a_broken_file_is_told_beside_the_source_that_stays_in_service() throws Exception {
        running();
        JsonNode sound = api.get(OPERATOR, "/v1/scripts/care");
        assertThat(sound.get("source").asString()).isEqualTo("return 'care'\n");
        assertThat(sound.get("on_disk").isNull()).isTrue();
        assertThat(sound.get("problems")).isEmpty();
        save("scripts/care.lua", "return 'care\n");
        JsonNode broken = api.get(OPERATOR, "/v1/scripts/care");
        assertThat(broken.get("source").asString()).isEqualTo("return 'care'\n");
        assertThat(broken.get("on_disk").asString()).isEqualTo("return 'care\n");
        assertThat(broken.get("problems")).isNotEmpty();
        assertThat(broken.get("problems").get(0).get("line").asInt()).isEqualTo(1);
        assertThat(broken.get("problems").get(0).get("severity").asString()).isEqualTo("error");
        assertThat(api.get(OPERATOR, "/v1/scripts/main").get("problems"))
                .as("what is wrong elsewhere is told there")
                .isEmpty();
        await().atMost(PATIENCE).until(() -> summary("care").get("problems").asInt() > 0);
    }

    @Test
    void a_file_that_is_gone_is_a_problem_of_the_script() throws Exception {
        running();
        Files.delete(folder.resolve("scripts/care.lua"));
        JsonNode care = api.get(OPERATOR, "/v1/scripts/care");
        assertThat(care.get("source").asString()).isEqualTo("return 'care'\n");
        assertThat(care.get("problems").get(0).get("text").asString())
                .isEqualTo("there is no such file");
    }

    @Test
    void what_may_fail_is_a_warning_at_its_line() throws Exception {
        running();
        save("scripts/care.lua", "pcall(function()\nussd.meun('x') end)\nreturn 'x'\n");
        JsonNode problem = api.get(OPERATOR, "/v1/scripts/care").get("problems").get(0);
        assertThat(problem.get("line").asInt()).isEqualTo(2);
        assertThat(problem.get("severity").asString()).isEqualTo("warning");
        assertThat(problem.get("text").asString()).contains("meun");
    }

    // ---- releases

    private List<String> releases(String key) throws Exception {
        return StreamSupport.stream(
                        api.get(OPERATOR, "/v1/scripts/" + key).get("releases").spliterator(),
                        false)
                .map(
                        it ->
                                it.get("version").asString()
                                        + (it.get("in_service").asBoolean() ? "*" : ""))
                .toList();
    }

    private String source(String key, String version) throws Exception {
        Answer answer = api.ask(OPERATOR, "GET", "/v1/scripts/" + key + "/releases/" + version, "");
        return new String(((Answer.Octets) answer).octets(), StandardCharsets.UTF_8);
    }

    @Test
    void what_was_in_service_is_kept_to_a_number_and_over_a_restart() throws Exception {
        Engine first = running();
        String v1 = summary("care").get("version").asString();
        saved("care", "return 'two'\n");
        String v2 = summary("care").get("version").asString();
        assertThat(releases("care")).containsExactly(v2 + "*", v1);
        assertThat(source("care", v1)).isEqualTo("return 'care'\n");
        assertThat(source("care", v2)).isEqualTo("return 'two'\n");
        saved("care", "return 'three'\n");
        String v3 = summary("care").get("version").asString();
        saved("vip", "return 'rich'\n");
        String since = summary("care").get("since").asString();
        saved("main", "return 'other'\n");
        assertThat(summary("care").get("since").asString())
                .as("a reload of others does not make it new")
                .isEqualTo(since);
        first.close();

        started();
        assertThat(releases("care")).containsExactly(v3 + "*", v2, v1);
        assertThat(summary("care").get("since").asString())
                .as("in service since before the restart")
                .isEqualTo(since);
        saved("care", "return 'four'\n");
        String v4 = summary("care").get("version").asString();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThat(releases("care"))
                                        .as("keep_releases: 3")
                                        .containsExactly(v4 + "*", v3, v2));
        assertThat(api.refusal(OPERATOR, "GET", "/v1/scripts/care/releases/" + v1, ""))
                .startsWith("404 ");
    }

    @Test
    void a_module_that_changes_makes_another_release_of_the_script_that_requires_it()
            throws Exception {
        running();
        String before = summary("vip").get("version").asString();
        save("scripts/lib/names.lua", "return {vip = 'very'}\n");
        await().atMost(PATIENCE)
                .until(() -> !summary("vip").get("version").asString().equals(before));
        assertThat(releases("vip")).hasSize(2).contains(before);
    }

    // ---- put back

    private Path file(String key) {
        return folder.resolve("scripts/" + key + ".lua");
    }

    private static String restoring(String key, String version) {
        return "/v1/scripts/" + key + "/releases/" + version + "/restore";
    }

    @Test
    void a_release_is_put_back_over_the_file_with_its_mode_and_is_in_service_then()
            throws Exception {
        running();
        String v1 = summary("care").get("version").asString();
        saved("care", "return 'two'\n");
        String v2 = summary("care").get("version").asString();
        Files.setPosixFilePermissions(file("care"), PosixFilePermissions.fromString("rw-rw-r--"));
        JsonNode outcome = api.post(ADMIN, restoring("care", v1), "");
        assertThat(outcome.get("outcome").asString()).isEqualTo("reloaded");
        assertThat(outcome.get("text").asString())
                .endsWith("scripts/care.lua is written, and in service");
        assertThat(outcome.get("problems")).isEmpty();
        assertThat(Files.readString(file("care"))).isEqualTo("return 'care'\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file("care"))))
                .isEqualTo("rw-rw-r--");
        assertThat(summary("care").get("version").asString()).isEqualTo(v1);
        assertThat(releases("care")).containsExactly(v1 + "*", v2);
        try (Stream<Path> files = Files.list(folder.resolve("scripts"))) {
            assertThat(files.map(it -> it.getFileName().toString()))
                    .as("nothing is left beside it")
                    .containsExactlyInAnyOrder("main.lua", "care.lua", "vip.lua", "lib");
        }
        assertThat(api.post(ADMIN, restoring("care", v1), "").get("outcome").asString())
                .as("once more")
                .isEqualTo("unchanged");
        assertThat(api.role("POST", restoring("care", v1))).isEqualTo(Role.ADMIN);
    }

    @Test
    void what_somebody_works_on_is_not_overwritten_without_a_word() throws Exception {
        running();
        String v1 = summary("care").get("version").asString();
        saved("care", "return 'two'\n");
        save("scripts/care.lua", "return 'broken\n");
        assertThat(api.refusal(ADMIN, "POST", restoring("care", v1), ""))
                .startsWith("409 ")
                .contains("differs from what is in service", "overwrite=true");
        assertThat(api.refusal(ADMIN, "POST", restoring("care", v1) + "?overwrite=yes", ""))
                .startsWith("400 ");
        assertThat(Files.readString(file("care"))).isEqualTo("return 'broken\n");
        assertThat(
                        api.post(ADMIN, restoring("care", v1) + "?overwrite=true", "")
                                .get("outcome")
                                .asString())
                .isEqualTo("reloaded");
        assertThat(Files.readString(file("care"))).isEqualTo("return 'care'\n");
    }

    @Test
    void a_file_that_is_gone_is_made_again() throws Exception {
        running();
        String v1 = summary("care").get("version").asString();
        Files.delete(file("care"));
        assertThat(api.refusal(ADMIN, "POST", restoring("care", v1), ""))
                .startsWith("409 there is no ");
        api.post(ADMIN, restoring("care", v1) + "?overwrite=true", "");
        assertThat(Files.readString(file("care"))).isEqualTo("return 'care'\n");
    }

    @Test
    void what_is_put_back_into_broken_files_is_refused_by_the_reload_with_its_problems()
            throws Exception {
        running();
        String v1 = summary("care").get("version").asString();
        saved("care", "return 'two'\n");
        save("scripts/main.lua", "return (");
        JsonNode outcome = api.post(ADMIN, restoring("care", v1), "");
        assertThat(outcome.get("outcome").asString()).isEqualTo("refused");
        assertThat(outcome.get("text").asString())
                .endsWith(
                        "scripts/care.lua is written; not reloaded, the scripts and rules in service stay: one problem to fix");
        assertThat(outcome.get("problems").get(0).get("file").asString()).endsWith("main.lua");
        assertThat(outcome.get("printed").asString()).contains("main.lua:1:", "\nreturn (\n");
        assertThat(Files.readString(file("care"))).isEqualTo("return 'care'\n");
    }

    @Test
    void what_is_put_back_into_an_engine_that_follows_no_changes_is_written_and_says_so()
            throws Exception {
        Engine first = running();
        String v1 = summary("care").get("version").asString();
        saved("care", "return 'two'\n");
        first.close();
        started(false);
        assertThat(api.refusal(ADMIN, "POST", restoring("care", v1), ""))
                .startsWith("409 ")
                .endsWith(
                        "scripts/care.lua is written; the engine stops, or does not follow changes: nothing is reloaded");
        assertThat(Files.readString(file("care"))).isEqualTo("return 'care'\n");
    }

    @Test
    void a_source_whose_modules_are_others_now_is_told_to_be_another_version() throws Exception {
        running();
        String before = summary("vip").get("version").asString();
        saved("vip", "return 'rich'\n");
        save("scripts/lib/names.lua", "return {vip = 'very'}\n");
        JsonNode outcome = api.post(ADMIN, restoring("vip", before), "");
        assertThat(outcome.get("text").asString())
                .contains("because modules that it requires are others now");
        assertThat(summary("vip").get("version").asString()).isNotEqualTo(before);
    }

    @Test
    void a_link_out_of_the_folder_is_not_followed() throws Exception {
        running();
        String v1 = summary("care").get("version").asString();
        saved("care", "return 'two'\n");
        Path elsewhere = Files.writeString(folder.resolve("elsewhere.lua"), "return 'mine'");
        Files.delete(file("care"));
        Files.createSymbolicLink(file("care"), elsewhere);
        assertThat(api.refusal(ADMIN, "POST", restoring("care", v1) + "?overwrite=true", ""))
                .startsWith("409 ")
                .contains("a link that leads out of the script folder");
        assertThat(Files.readString(elsewhere)).isEqualTo("return 'mine'");
    }

    @Test
    void no_key_and_no_version_leads_out_of_what_there_is() throws Exception {
        running();
        Files.writeString(folder.resolve("secret.lua"), "return 'secret'");
        for (String key :
                List.of(
                        "..%2fsecret",
                        "%2e%2e%2fsecret",
                        "..",
                        "main%00",
                        "main.lua",
                        "%2fetc%2fpasswd",
                        "lib%2fnames",
                        "names",
                        "MAIN",
                        "%ff",
                        "x".repeat(5_000))) {
            assertThat(api.refusal(OPERATOR, "GET", "/v1/scripts/" + key, ""))
                    .as(key)
                    .startsWith("404 ");
            assertThat(api.refusal(OPERATOR, "POST", "/v1/scripts/" + key + "/tests", ""))
                    .as(key)
                    .startsWith("404 ");
            assertThat(api.refusal(OPERATOR, "GET", "/v1/scripts/main/releases/" + key, ""))
                    .as(key)
                    .startsWith("404 ");
            assertThat(api.refusal(ADMIN, "POST", restoring("main", key), ""))
                    .as(key)
                    .startsWith("404 ");
            assertThat(api.refusal(ADMIN, "POST", restoring(key, "00000000"), ""))
                    .as(key)
                    .startsWith("404 ");
        }
        assertThat(api.refusal(OPERATOR, "GET", "/v1/scripts/main?service=notify", ""))
                .isEqualTo(
                        "404 no trigger of that service names such a script; GET /v1/scripts lists"
                                + " those that there are");
        assertThat(api.refusal(OPERATOR, "GET", "/v1/scripts/main?path=x", "")).startsWith("400 ");
    }

    // ---- tests

    private static final String TESTS =
            """
            test "says what was said"
            dial *1#
            menu 1. Talk
            answer hi
            respond you said hi

            test "care has its code"
            dial *100#
            respond care

            test "the rich have their own"
            from 27771111111
            dial *1#
            respond vip
            """;

    @Test
    void the_tests_of_a_script_are_those_that_dial_it() throws Exception {
        running();
        save("scripts/all.dialog", TESTS);
        JsonNode main = api.get(OPERATOR, "/v1/scripts/main").get("tests");
        assertThat(main).hasSize(1);
        assertThat(main.get(0).get("name").asString()).isEqualTo("says what was said");
        assertThat(main.get(0).get("line").asInt()).isEqualTo(1);
        assertThat(main.get(0).get("file").asString()).endsWith("all.dialog");
        assertThat(api.get(OPERATOR, "/v1/scripts/vip").get("tests").get(0).get("name"))
                .hasToString("\"the rich have their own\"");
        JsonNode report = api.post(OPERATOR, "/v1/scripts/main/tests", "");
        assertThat(report.get("passed").asInt()).isEqualTo(1);
        assertThat(report.get("failed").asInt()).isZero();
        assertThat(report.get("failures")).isEmpty();
        assertThat(report.get("report").asString()).contains("ok", "1 test, 1 passed");
        assertThat(report.get("coverage").get("covered").toString()).isEqualTo("[1,2,5]");
        assertThat(report.get("coverage").get("missed").toString()).isEqualTo("[3]");
    }

    @Test
    void tests_run_what_is_on_the_disk_and_say_what_failed_where() throws Exception {
        running();
        save("scripts/all.dialog", TESTS.replace("you said hi", "you said bye"));
        JsonNode report = api.post(OPERATOR, "/v1/scripts/main/tests", "");
        assertThat(report.get("failed").asInt()).isEqualTo(1);
        JsonNode failure = report.get("failures").get(0);
        assertThat(failure.get("line").asInt()).isEqualTo(5);
        assertThat(failure.get("name").asString()).isEqualTo("says what was said");
        assertThat(report.get("report").asString())
                .contains("FAIL", "- you said bye", "+ you said hi");
        JsonNode none = api.post(OPERATOR, "/v1/scripts/main/tests?service=process", "");
        assertThat(none.get("failed").asInt()).isEqualTo(1);
        save("scripts/all.dialog", "");
        assertThat(api.post(OPERATOR, "/v1/scripts/main/tests", "").get("report").asString())
                .isEqualTo("no test dials main\n");
    }

    @Test
    void what_cannot_be_run_is_refused_with_its_problems() throws Exception {
        running();
        save("scripts/all.dialog", "test \"x\"\ndail *1#\n");
        assertThat(api.refusal(OPERATOR, "POST", "/v1/scripts/main/tests", ""))
                .startsWith("409 no test is run, because what is on the disk has problems: ")
                .contains("all.dialog:2");
        save("scripts/all.dialog", TESTS);
        save("scripts/main.lua", "return (");
        assertThat(api.refusal(OPERATOR, "POST", "/v1/scripts/main/tests", ""))
                .startsWith("409 ")
                .contains("main.lua:1");
        assertThat(api.role("POST", "/v1/scripts/main/tests")).isEqualTo(Role.OPERATOR);
        assertThat(api.role("GET", "/v1/scripts/main")).isEqualTo(Role.OPERATOR);
    }
}
