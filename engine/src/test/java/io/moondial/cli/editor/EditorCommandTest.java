package io.moondial.cli.editor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.moondial.cli.ExitCode;
import io.moondial.cli.InProcess;
import io.moondial.dialogtest.language.DialogFile;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.LuaString;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EditorCommandTest {
    private static final Path ROOT =
            Path.of(Objects.requireNonNull(System.getProperty("moondial.root")));
    private static final String EXTENSION = ".vscode/extensions/moondial";

    @TempDir Path folder;
    Path service;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makeService() {
        service = folder.resolve("service");
        assertThat(ussd("new", service.toString())).isZero();
    }

    private int ussd(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return InProcess.ussd(out, err, arguments);
    }

    private void editor() {
        assertThat(ussd("editor", service.toString())).as(err.toString()).isZero();
    }

    private static Map<String, String> contents(Path under) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> all = Files.walk(under)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                contents.put(under.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }

    private JsonNode json(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(service.resolve(name)));
    }

    @Test
    void a_second_run_changes_nothing_and_says_nothing_else() throws Exception {
        editor();
        Map<String, String> first = contents(service);
        String said = out.toString();

        editor();

        assertThat(contents(service)).isEqualTo(first);
        assertThat(out).hasToString(said);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void the_service_is_as_sound_as_before() {
        editor();

        assertThat(ussd("check", "--rules", service.resolve("rules.yaml").toString())).isZero();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void settings_of_ones_own_stay_and_what_they_need_is_beside_the_definitions() throws Exception {
        Files.writeString(service.resolve(".luarc.json"), "{}");
        Files.writeString(service.resolve(".luacheckrc"), "std = 'lua52'\n");
        Files.createDirectories(service.resolve(".vscode"));
        Files.writeString(service.resolve(".vscode/settings.json"), "{\"editor.tabSize\": 2}");

        editor();

        assertThat(service.resolve(".luarc.json")).hasContent("{}");
        assertThat(service.resolve(".luacheckrc")).hasContent("std = 'lua52'\n");
        assertThat(service.resolve(".vscode/settings.json")).hasContent("{\"editor.tabSize\": 2}");
        for (String name : List.of(".luarc.json", ".luacheckrc", ".vscode/settings.json")) {
            assertThat(err.toString())
                    .contains("ussd: " + service.resolve(name) + " is there already and stays");
        }
        assertThat(json(".moondial/luarc.json").get("workspace.library").get(0).asString())
                .isEqualTo(".moondial/lua");
        assertThat(json(".moondial/settings.json").has("yaml.schemas")).isTrue();
        assertThat(service.resolve(".moondial/luacheckrc")).content().contains("moondial");
    }

    @Test
    void the_names_follow_the_rules_until_the_first_line_is_taken_away() throws Exception {
        editor();
        Path rules = service.resolve("rules.yaml");
        Path luacheck = service.resolve(".luacheckrc");
        assertThat(luacheck).content().contains("CURRENCY = {").doesNotContain("TAX");
        Files.writeString(rules, Files.readString(rules).replace("CURRENCY: KES", "TAX: 16"));

        editor();

        assertThat(luacheck).content().contains("TAX = {").doesNotContain("CURRENCY");
        String own = Files.readString(luacheck).replaceFirst(".*\\n", "");
        Files.writeString(luacheck, own);
        Files.writeString(rules, Files.readString(rules).replace("TAX: 16", "FEE: 1"));

        editor();

        assertThat(luacheck).hasContent(own);
    }

    @Test
    void definitions_of_a_module_that_is_gone_go_too() throws Exception {
        Path old = Files.createDirectories(service.resolve(".moondial/lua")).resolve("smpp.lua");
        Files.writeString(old, "---@meta smpp\n");

        editor();

        assertThat(old).doesNotExist();
    }

    @Test
    void rules_that_are_broken_are_told_and_nothing_is_written() throws Exception {
        Files.writeString(service.resolve("rules.yaml"), "proces: {}\n");

        assertThat(ussd("editor", service.toString())).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).contains("rules.yaml:1:1: ").contains("did you mean process?");
        assertThat(service.resolve(".moondial")).doesNotExist();
    }

    @Test
    void a_folder_without_rules_gets_what_does_not_depend_on_them() throws Exception {
        service = Files.createDirectories(folder.resolve("empty"));

        editor();

        assertThat(err)
                .hasToString(
                        "ussd: there is no rules.yaml in %s: the globals of rules are not among the names. If the rules are elsewhere, name their folder\n"
                                .formatted(service));
        assertThat(service.resolve(".moondial/lua/ussd.lua")).exists();
        assertThat(ussd("editor", folder.resolve("nowhere").toString()))
                .isEqualTo(ExitCode.BAD_INPUT);
        assertThat(err.toString()).startsWith("ussd: there is no folder ");
    }

    @Test
    void the_extension_names_files_that_are_there() throws Exception {
        editor();

        JsonNode extension = json(EXTENSION + "/package.json");
        assertThat(extension.get("version").asString()).matches("[0-9]+\\.[0-9]+\\.[0-9]+");
        List<String> paths = extension.findValuesAsString("path");
        paths.addAll(extension.findValuesAsString("configuration"));
        assertThat(paths).hasSize(4);
        for (String path : paths) {
            assertThat(json(EXTENSION + "/" + path).isEmpty()).as(path).isFalse();
        }
        assertThat(json(EXTENSION + "/syntaxes/dialog.tmLanguage.json").get("scopeName"))
                .isEqualTo(extension.get("contributes").get("grammars").get(0).get("scopeName"));
        assertThat(json(".moondial/rules.schema.json").has("properties")).isTrue();
    }

    @Test
    void each_snippet_is_a_test_or_a_chunk_as_it_stands() throws Exception {
        editor();

        for (JsonNode snippet : json(EXTENSION + "/snippets/dialog.json")) {
            assertThat(DialogFile.of(Path.of("x.dialog"), expanded(snippet)).tests()).hasSize(1);
        }
        for (JsonNode snippet : json(EXTENSION + "/snippets/lua.json")) {
            new Compiler().compileFile(LuaString.of(expanded(snippet)), "x.lua");
        }
    }

    @Test
    void a_test_by_snippet_for_each_row_has_its_variables() throws Exception {
        editor();

        JsonNode each =
                json(EXTENSION + "/snippets/dialog.json").get("A test for each row of a table");
        assertThat(expanded(each)).contains("answer ${option}\n");
    }

    /** The text of a snippet with what it stands for before somebody types. */
    private static String expanded(JsonNode snippet) {
        StringBuilder text = new StringBuilder();
        for (JsonNode line : snippet.get("body")) {
            text.append(line.asString()).append('\n');
        }
        String escapedDollar = "\u0001";
        String escapedBrace = "\u0002";
        return text.toString()
                .replace("\\$", escapedDollar)
                .replace("\\}", escapedBrace)
                .replaceAll("\\$\\{[0-9]+\\|([^,|]*)[^}]*}", "$1")
                .replaceAll("\\$\\{[0-9]+:([^}]*)}", "$1")
                .replace("$0", "")
                .replace(escapedDollar, "$")
                .replace(escapedBrace, "}");
    }

    @Test
    void luacheck_has_nothing_to_say_of_the_scripts_that_are_shipped() throws Exception {
        assumeTrue(isInstalled("luacheck"), "luacheck is not installed");
        Path examples = Files.createDirectories(folder.resolve("examples"));
        Files.copy(ROOT.resolve("rules.yaml"), examples.resolve("rules.yaml"));
        copy(ROOT.resolve("scripts"), examples.resolve("scripts"));
        Path money = folder.resolve("money");
        Files.move(examples.resolve("scripts/money"), money);
        for (Path of : List.of(service, examples, money)) {
            assertThat(ussd("editor", of.toString())).as(err.toString()).isZero();

            assertThat(luacheck(of)).startsWith("0 ").contains("0 warnings / 0 errors");
        }
    }

    @Test
    void luacheck_has_nothing_to_say_of_the_lua_in_the_engine() throws Exception {
        assumeTrue(isInstalled("luacheck"), "luacheck is not installed");
        Path resources = ROOT.resolve("engine/src/main/resources");
        Path inside = Files.createDirectories(service.resolve("scripts/inside"));
        int count = 0;
        try (Stream<Path> all = Files.walk(resources)) {
            for (Path file : all.filter(it -> it.toString().endsWith(".lua")).toList()) {
                // the starter is checked as the service that it becomes, and definitions do nothing
                if (!file.toString().matches(".*/cli/(starter|editor)/.*")) {
                    String name = resources.relativize(file).toString().replace('/', '-');
                    Files.copy(file, inside.resolve(name));
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThan(3);
        editor();

        assertThat(luacheck(service)).startsWith("0 ").contains("0 warnings / 0 errors");
    }

    @Test
    void luacheck_finds_a_misspelt_function_of_a_module() throws Exception {
        assumeTrue(isInstalled("luacheck"), "luacheck is not installed");
        editor();
        Files.writeString(
                service.resolve("scripts/bad.lua"),
                "ussd.mneu(CURENCY)\nreturn os.execute(CURRENCY)\n");

        assertThat(luacheck(service))
                .startsWith("1 ")
                .contains("bad.lua:1:1: accessing undefined field 'mneu' of global 'ussd'")
                .contains("bad.lua:1:11: accessing undefined variable 'CURENCY'")
                .contains("bad.lua:2:8: accessing undefined field 'execute' of global 'os'");
    }

    @Test
    void luacheck_lets_scripts_add_functions_to_libraries_and_leaves_what_an_engine_keeps_alone()
            throws Exception {
        assumeTrue(isInstalled("luacheck"), "luacheck is not installed");
        editor();
        Files.writeString(
                service.resolve("scripts/trim.lua"),
                "function string.trim(s) return s:match('^%s*(.-)%s*$') end\nreturn string.trim(' x ')\n");
        Path kept = Files.createDirectories(service.resolve("state/rules.yaml.releases/1/scripts"));
        Files.writeString(kept.resolve("old.lua"), "return nothing\n");

        assertThat(luacheck(service)).startsWith("0 ").contains("0 warnings / 0 errors");

        Files.writeString(service.resolve("scripts/trim.lua"), "os.sleep = 1\n");
        assertThat(luacheck(service))
                .contains("trim.lua:1:1: setting undefined field 'sleep' of global 'os'");
    }

    @Test
    void nothing_that_a_file_in_version_control_needs_is_ignored() throws Exception {
        editor();

        List<String> ignored = Files.readAllLines(service.resolve(".gitignore"));
        assertThat(ignored).isNotEmpty();
        assertThat(contents(service).keySet())
                .allSatisfy(
                        name ->
                                assertThat(ignored)
                                        .noneSatisfy(it -> assertThat(name).startsWith(it)));
    }

    private static boolean isInstalled(String tool) throws InterruptedException {
        try {
            return new ProcessBuilder(tool, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Its exit code, and what it says. */
    private static String luacheck(Path in) throws Exception {
        Process process =
                new ProcessBuilder("luacheck", "--no-color", ".")
                        .directory(in.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + said;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
