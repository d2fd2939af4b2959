package io.moondial.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.InProcess;
import io.moondial.modules.BuiltInModules;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiModule;
import io.moondial.script.lua.Compiler;
import io.moondial.script.lua.LuaString;
import io.moondial.script.stdlib.AbsentNames;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ussd editor} tells editors of scripts is what scripts see. */
class EditorDefinitionsTest {
    /** All names in {@code _G}, and in its tables; and those of modules that are had by require. */
    private static final String NAMES =
            """
            local names = {}
            local function fields(prefix, t)
              for k in pairs(t) do names[#names + 1] = prefix .. k end
            end
            for name, value in pairs(_G) do
              names[#names + 1] = name
              if type(value) == "table" and value ~= _G then fields(name .. ".", value) end
            end
            for _, name in ipairs{BY_REQUIRE} do fields(name .. ".", require(name)) end
            return table.concat(names, " ")
            """;

    /** Of Lua 5.2 (the manual, chapter 6), what lua-language-server knows with .luarc.json. */
    private static final String KNOWN_TO_SERVER =
            """
            _G _VERSION assert collectgarbage dofile error getmetatable ipairs load loadfile next pairs pcall print
            rawequal rawget rawlen rawset require select setmetatable tonumber tostring type xpcall
            bit32 bit32.arshift bit32.band bit32.bnot bit32.bor bit32.btest bit32.bxor bit32.extract bit32.lrotate
            bit32.lshift bit32.replace bit32.rrotate bit32.rshift
            coroutine coroutine.create coroutine.resume coroutine.running coroutine.status coroutine.wrap coroutine.yield
            math math.abs math.acos math.asin math.atan math.atan2 math.ceil math.cos math.cosh math.deg math.exp
            math.floor math.fmod math.frexp math.huge math.ldexp math.log math.max math.min math.modf math.pi math.pow
            math.rad math.random math.randomseed math.sin math.sinh math.sqrt math.tan math.tanh
            package package.config package.cpath package.loaded package.loadlib package.path package.preload
            package.searchers package.searchpath
            string string.byte string.char string.dump string.find string.format string.gmatch string.gsub string.len
            string.lower string.match string.rep string.reverse string.sub string.upper
            table table.concat table.insert table.pack table.remove table.sort table.unpack
            """;

    private static final Pattern DEFINED =
            Pattern.compile("(?:local )?([A-Za-z_0-9.]+) = .*|function ([A-Za-z_0-9.]+)\\(.*");
    private static final Pattern CHECKED =
            Pattern.compile(" {4}([A-Za-z_0-9]+) = \\{(?:fields = \\{(.*)})?.*},");

    @TempDir Path folder;
    Path service;
    private final List<ApiModule> modules = BuiltInModules.create();

    @BeforeEach
    void write() throws IOException {
        service = Files.createDirectories(folder.resolve("service"));
        Files.writeString(
                service.resolve("rules.yaml"),
                """
                process: {globals: {FEE: 5, PRICES: {sms: 3}}}
                notify: {globals: {OPEN: true}}
                """);
        StringWriter err = new StringWriter();
        assertThat(InProcess.ussd(new StringWriter(), err, "editor", service.toString()))
                .as(err.toString())
                .isZero();
    }

    private Set<String> seenByScripts() {
        String byRequire =
                String.join(
                        ", ",
                        modules.stream()
                                .filter(it -> !it.isGlobal())
                                .map(it -> '"' + it.name() + '"')
                                .toList());
        String names = new ScriptBench(folder).textOf(NAMES.replace("BY_REQUIRE", byRequire));
        Set<String> seen = new TreeSet<>(List.of(Objects.requireNonNull(names).split(" ")));
        seen.addAll(List.of("package.loaded", "package.preload")); // made when they are asked for
        modules.forEach(it -> seen.addAll(it.globalsWhenRequired().keySet()));
        seen.addAll(List.of("FEE", "PRICES", "OPEN"));
        return seen;
    }

    /** The names that a file defines, without those that are only said to be left out. */
    private Set<String> defined(Path file) throws IOException {
        String module = file.getFileName().toString().replaceFirst("\\.lua$", "");
        String last = module.substring(module.lastIndexOf('.') + 1);
        Set<String> names = new TreeSet<>();
        String before = "";
        for (String line : Files.readAllLines(file)) {
            Matcher matcher = DEFINED.matcher(line);
            if (matcher.matches() && !before.equals("---@deprecated")) {
                String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
                boolean byRequire = !module.equals(last) && name.startsWith(last);
                if (!line.startsWith("local ")) {
                    names.add(byRequire ? module + name.substring(last.length()) : name);
                }
            }
            before = line;
        }
        return names;
    }

    private List<Path> definitions() throws IOException {
        try (Stream<Path> files = Files.list(service.resolve(".moondial/lua"))) {
            return files.sorted().toList();
        }
    }

    @Test
    void the_definitions_have_the_names_that_a_script_sees_and_no_other() throws Exception {
        Set<String> offered = new TreeSet<>(List.of(KNOWN_TO_SERVER.strip().split("\\s+")));
        offered.removeAll(AbsentNames.leftOut().keySet());
        for (Path file : definitions()) {
            offered.addAll(defined(file));
        }

        assertThat(offered).containsExactlyInAnyOrderElementsOf(seenByScripts());
    }

    @Test
    void what_the_server_knows_and_scripts_lack_is_marked_with_the_reason() throws Exception {
        String lua = Files.readString(service.resolve(".moondial/lua/lua.lua"));
        Set<String> known = Set.of(KNOWN_TO_SERVER.strip().split("\\s+"));
        Set<String> lacking = new TreeSet<>(AbsentNames.leftOut().keySet());
        lacking.retainAll(known);

        assertThat(lacking).contains("dofile", "string.dump");
        assertThat(lua)
                .contains(
                        "\n---Lua 5.2 has one type of number.\n---@deprecated\nfunction math.type(");
        assertThat(lacking)
                .allSatisfy(
                        name ->
                                assertThat(lua)
                                        .contains(
                                                "\n---Left out: %s.\n---@deprecated\nfunction %s(...) end\n"
                                                        .formatted(
                                                                AbsentNames.leftOut().get(name),
                                                                name)));
    }

    @Test
    void luacheck_is_told_the_names_that_a_script_sees_and_no_other() throws Exception {
        Set<String> told = new TreeSet<>(Set.of("_G"));
        for (String line : Files.readAllLines(service.resolve(".luacheckrc"))) {
            Matcher matcher = CHECKED.matcher(line);
            if (matcher.matches()) {
                told.add(matcher.group(1));
                if (matcher.group(2) != null) {
                    for (String field : matcher.group(2).replace("\"", "").split(", ", -1)) {
                        told.add(matcher.group(1) + "." + field);
                    }
                }
            }
        }
        Set<String> seen = seenByScripts();
        // all fields of package, and of what the rules give, are allowed; modules of other files
        // are no globals
        seen.removeAll(List.of("package.loaded", "package.preload"));
        modules.stream()
                .filter(it -> !it.isGlobal())
                .forEach(it -> seen.removeIf(name -> name.startsWith(it.name() + ".")));

        assertThat(told).containsExactlyInAnyOrderElementsOf(seen);
    }

    @Test
    void the_definitions_are_lua() throws Exception {
        for (Path file : definitions()) {
            String text = Files.readString(file);

            new Compiler().compileFile(LuaString.of(text), file.getFileName().toString());
            assertThat(text).startsWith("---@meta ");
        }
    }

    @Test
    void each_parameter_and_each_option_of_each_function_is_among_them() throws Exception {
        for (ApiModule module : modules) {
            String text =
                    Files.readString(service.resolve(".moondial/lua/" + module.name() + ".lua"));
            for (ApiFunction function : module.functions()) {
                String definition = definition(text, function.name());
                assertThat(function.parameters())
                        .allSatisfy(
                                it ->
                                        assertThat(definition)
                                                .contains("---@param " + it.name())
                                                .contains(it.meaning()));
                for (int i = 1; i <= function.parameters().size(); i++) {
                    String parameter = function.parameters().get(i - 1).name();
                    String options =
                            "---@class " + function.qualifiedName() + "." + parameter + "\n";
                    Set<String> fields = function.fields(i);
                    if (!fields.isEmpty()) {
                        String listed = text.substring(text.indexOf(options));
                        String block = listed.substring(0, listed.indexOf("\n\n"));
                        assertThat(block.lines()).hasSize(fields.size() + 1);
                    }
                }
            }
        }
    }

    /** What stands above a function, and the function. */
    private static String definition(String text, String function) {
        int end = text.indexOf("." + function + "(", text.indexOf("\nfunction "));
        while (!text.substring(text.lastIndexOf('\n', end) + 1).startsWith("function ")) {
            end = text.indexOf("." + function + "(", end + 1);
        }
        return text.substring(text.lastIndexOf("\n\n", end), end);
    }

    @Test
    void a_decimal_has_the_operators_that_its_definition_says() {
        ScriptBench bench = new ScriptBench(folder);

        assertThat(
                        bench.textOf(
                                "local x = decimal('1.5') return tostring(x + x) .. (x - 1) .. (x * 2) .. (-x)"))
                .isEqualTo("3.00.53.0-1.5");
    }

    @Test
    void the_globals_of_the_rules_have_their_types() throws Exception {
        assertThat(Files.readString(service.resolve(".moondial/lua/globals.lua")))
                .contains("---@type number\nFEE = 0\n")
                .contains("---@type table\nPRICES = {}\n")
                .contains("---@type boolean\nOPEN = true\n");
    }
}
