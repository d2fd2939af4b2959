package io.moondial.cli.editor;

import io.moondial.script.ScriptGlobals;
import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.ApiParameter;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.RequestField;
import io.moondial.script.stdlib.AbsentNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What scripts see, in Lua with the annotations of lua-language-server: made from the descriptions
 * from which the reference page is made.
 */
final class LuaDefinitions {
    /** Lua's own that the server knows itself, and from which scripts lack at most some names. */
    static final Set<String> KNOWN_TO_SERVER =
            Set.of("basic", "bit32", "coroutine", "math", "package", "string", "table");

    /**
     * The server offers these in Lua 5.2 too (its definitions of the library do not say since
     * when).
     */
    private static final Set<String> OF_LATER_VERSIONS = Set.of("math.type", "math.ult");

    /** Libraries to which scripts add functions of their own, as script-api.md recommends. */
    private static final Set<String> EXTENDED = Set.of("math", "string", "table");

    /** Of Lua's words, those that a parameter may be called on the reference page. */
    private static final Set<String> RESERVED = Set.of("end", "function", "repeat", "until");

    private final List<ApiModule> modules;
    private final Map<String, Object> ruleGlobals;

    /**
     * @param modules what scripts have beside Lua's own
     * @param ruleGlobals what the rules give them: texts, numbers, true and false, lists and maps
     */
    LuaDefinitions(List<ApiModule> modules, Map<String, Object> ruleGlobals) {
        this.modules = List.copyOf(modules);
        this.ruleGlobals = new TreeMap<>(ruleGlobals);
    }

    /** The files, by name. */
    Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        for (ApiModule module : modules) {
            files.put(module.name() + ".lua", new ModuleFile(module).text());
        }
        files.put("globals.lua", globals());
        files.put("lua.lua", Resource.text("lua.lua") + leftOut());
        return files;
    }

    // ---- what is no module

    private String globals() {
        StringBuilder out = new StringBuilder("---@meta _\n\n");
        out.append("---The table that a script is called with, as '...'.\n");
        out.append("---@class request\n");
        for (RequestField field : RequestField.ALL) {
            boolean always = field.name().equals("text") || field.name().equals("dcs");
            out.append(
                    "---@field %s%s %s %s\n"
                            .formatted(
                                    field.name(),
                                    always ? "" : "?",
                                    field.type(),
                                    field.meaning()));
        }
        ScriptGlobals.ofEachRun()
                .forEach(
                        (name, meaning) ->
                                out.append(
                                        "\n---%s\n---@type string\n%s = \"\"\n"
                                                .formatted(meaning, name)));
        ruleGlobals.forEach(
                (name, value) ->
                        out.append(
                                "\n---A global of the rules.\n---@type %s\n%s = %s\n"
                                        .formatted(type(value), name, like(value))));
        return out.toString();
    }

    private static String type(Object value) {
        return switch (value) {
            case String text -> "string";
            case Boolean flag -> "boolean";
            case Number number -> "number";
            default -> "table";
        };
    }

    private static String like(Object value) {
        return switch (value) {
            case String text -> "\"\"";
            case Boolean flag -> "true";
            case Number number -> "0";
            default -> "{}";
        };
    }

    /** What the server offers and scripts lack; libraries that lack much are ours. */
    private static String leftOut() {
        Map<String, String> reasons = new TreeMap<>();
        AbsentNames.leftOut()
                .forEach(
                        (name, reason) -> {
                            if (KNOWN_TO_SERVER.contains(library(name)) && !name.equals("io")) {
                                reasons.put(name, "Left out: " + reason);
                            }
                        });
        OF_LATER_VERSIONS.forEach(
                name ->
                        reasons.put(
                                name, Objects.requireNonNull(AbsentNames.ofOthers().get(name))));
        StringBuilder out = new StringBuilder();
        reasons.forEach(
                (name, reason) ->
                        out.append(
                                "\n---%s.\n---@deprecated\nfunction %s(...) end\n"
                                        .formatted(reason, name)));
        return out.toString();
    }

    private static String library(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? "basic" : name.substring(0, dot);
    }

    // ---- luacheck

    /** The names that scripts see, as luacheck is told of them. */
    String luacheck() {
        Map<String, Set<String>> names = new TreeMap<>();
        ScriptGlobals.taken(modules).forEach(name -> names.put(name, new TreeSet<>()));
        ruleGlobals.keySet().forEach(name -> names.put(name, new TreeSet<>()));
        modules.forEach(
                module ->
                        module.globalsWhenRequired()
                                .keySet()
                                .forEach(name -> names.put(name, new TreeSet<>())));
        ScriptGlobals.ofLua().forEach(name -> addField(names, name));
        modules.stream()
                .filter(ApiModule::isGlobal)
                .flatMap(it -> it.names().stream())
                .forEach(name -> addField(names, name));
        StringBuilder out = new StringBuilder();
        names.forEach(
                (name, fields) -> {
                    if (name.equals("_G")) {
                        return;
                    }
                    // maps of the rules have any keys, and the tables in package are each run's own
                    boolean extended = EXTENDED.contains(name);
                    boolean open =
                            ruleGlobals.containsKey(name) || name.equals("package") || extended;
                    out.append("    ").append(name).append(" = {");
                    if (!fields.isEmpty()) {
                        out.append("fields = {");
                        out.append(
                                fields.stream()
                                        .map(it -> '"' + it + '"')
                                        .collect(Collectors.joining(", ")));
                        out.append('}');
                    }
                    if (open) {
                        out.append(fields.isEmpty() ? "" : ", ").append("other_fields = true");
                    }
                    if (extended) {
                        out.append(", read_only = false");
                    }
                    out.append("},\n");
                });
        return Resource.text("luacheckrc").replace("    -- names\n", out);
    }

    private static void addField(Map<String, Set<String>> names, String name) {
        int dot = name.indexOf('.');
        if (dot > 0) {
            names.computeIfAbsent(name.substring(0, dot), it -> new TreeSet<>())
                    .add(name.substring(dot + 1));
        }
    }

    // ---- a module

    /** The definitions of one module. */
    private static final class ModuleFile {
        private final ApiModule module;
        private final StringBuilder out = new StringBuilder();

        /** What its table is called in the file. */
        private final String table;

        ModuleFile(ApiModule module) {
            this.module = module;
            this.table =
                    module.isGlobal()
                            ? module.name()
                            : module.name().substring(module.name().lastIndexOf('.') + 1);
        }

        String text() {
            line("---@meta " + module.name());
            line("");
            classes();
            comment(module.summary());
            ApiFunction called = module.called();
            if (called != null) {
                line("---");
                explain(called);
            }
            line("---@class " + module.name());
            if (called != null) {
                line("---@overload fun(" + parameters(called) + "): " + made());
            }
            if (module.hasMethodsOfDecimals()) {
                for (String operator : List.of("add", "sub", "mul")) {
                    line("---@operator " + operator + "(decimal|number): decimal");
                }
                line("---@operator unm: decimal");
            }
            line((module.isGlobal() ? "" : "local ") + table + " = {}");
            module.functions().forEach(this::function);
            for (ApiModule.Value value : module.values()) {
                line("");
                comment(value.meaning());
                line("---@type any");
                line(table + "." + value.name() + " = nil");
            }
            module.globals().keySet().stream()
                    .filter(name -> !name.equals("print")) // the server knows it
                    .forEach(name -> line("\nfunction " + name + "(...) end"));
            module.globalsWhenRequired()
                    .keySet()
                    .forEach(
                            name ->
                                    line(
                                            "\n---Only after require \""
                                                    + module.name()
                                                    + "\".\n---@type any\n"
                                                    + name
                                                    + " = nil"));
            line("");
            line("return " + table);
            return out.toString();
        }

        private String made() {
            return module.hasMethodsOfDecimals() ? module.name() : "any";
        }

        /** The options of functions: a table with names that are known. */
        private void classes() {
            List<ApiFunction> all = new ArrayList<>(module.functions());
            if (module.called() != null) {
                all.add(module.called());
            }
            for (ApiFunction function : all) {
                for (int i = 1; i <= function.parameters().size(); i++) {
                    Set<String> fields = function.fields(i);
                    if (!fields.isEmpty()) {
                        line("---@class " + options(function, i));
                        for (String field : new TreeSet<>(fields)) {
                            line(
                                    "---@field "
                                            + (field.matches("[0-9]+") ? "[" + field + "]" : field)
                                            + "? any");
                        }
                        line("");
                    }
                }
            }
        }

        private static String options(ApiFunction function, int position) {
            return function.qualifiedName() + "." + function.parameters().get(position - 1).name();
        }

        private void function(ApiFunction function) {
            line("");
            explain(function);
            parametersOf(function);
        }

        private void explain(ApiFunction function) {
            comment(function.summary());
            line("---");
            comment("Returns: " + function.results() + ".");
            comment("Errors: " + function.errors() + ".");
            comment(
                    "Effect: "
                            + function.effect().word()
                            + (function.waits() ? "; the script waits." : "."));
            line("---```lua");
            function.example().lines().forEach(it -> line("---" + it));
            line("---```");
        }

        private void parametersOf(ApiFunction function) {
            for (int i = 1; i <= function.parameters().size(); i++) {
                ApiParameter parameter = function.parameters().get(i - 1);
                String name = name(parameter);
                line(
                        "---@param %s%s %s %s"
                                .formatted(
                                        name,
                                        parameter.optional() && !name.equals("...") ? "?" : "",
                                        type(function, i),
                                        oneLine(parameter.meaning())));
            }
            line("---@return any ...");
            line(
                    "function "
                            + table
                            + "."
                            + function.name()
                            + "("
                            + function.parameters().stream()
                                    .map(ModuleFile::name)
                                    .collect(Collectors.joining(", "))
                            + ") end");
        }

        private static String parameters(ApiFunction function) {
            List<String> all = new ArrayList<>();
            for (int i = 1; i <= function.parameters().size(); i++) {
                ApiParameter parameter = function.parameters().get(i - 1);
                all.add(
                        name(parameter)
                                + (parameter.optional() ? "?" : "")
                                + ": "
                                + type(function, i));
            }
            return String.join(", ", all);
        }

        private static String name(ApiParameter parameter) {
            return RESERVED.contains(parameter.name()) ? parameter.name() + "_" : parameter.name();
        }

        private static String type(ApiFunction function, int position) {
            return switch (function.parameters().get(position - 1).type()) {
                case STRING -> "string|number|decimal";
                case NUMBER -> "number|string";
                case TEXT -> "string";
                case DOUBLE -> "number";
                case DECIMAL -> "decimal|number";
                case TABLE ->
                        function.fields(position).isEmpty() ? "table" : options(function, position);
                case FUNCTION -> "function";
                case ANY -> "any";
            };
        }

        private void comment(String text) {
            withoutLinks(text).lines().forEach(it -> line("---" + it));
        }

        /** The pages that a text links to are not beside the editor. */
        private static String withoutLinks(String text) {
            return text.replaceAll("\\[([^\\]]+)\\]\\([^)]*\\)", "$1");
        }

        private static String oneLine(String text) {
            return text.replaceAll("\\s+", " ");
        }

        private void line(String text) {
            out.append(text).append('\n');
        }
    }

    /** A file that is built in. */
    static final class Resource {
        private Resource() {}

        static String text(String name) {
            try (var in = LuaDefinitions.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException("not in the program: " + name);
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
