package io.moondial.script;

import io.moondial.script.api.ApiFunction;
import io.moondial.script.api.ApiFunction.ApiParameter;
import io.moondial.script.api.ApiFunction.Effect;
import io.moondial.script.api.ApiModule;
import io.moondial.script.api.Phase;
import io.moondial.script.api.RequestField;
import io.moondial.script.stdlib.AbsentNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference of scripts: its written part, with what the code says of itself put in. */
final class ScriptApiPage {
    private ScriptApiPage() {}

    /**
     * The page.
     *
     * @param libraries one line a table of Lua's own functions, from a script that looked at them
     */
    static String render(String template, List<ApiModule> modules, List<String> libraries) {
        return template.replace("{call_depth}", "" + ScriptLimits.DEFAULT_MAX_CALL_DEPTH)
                .replace("{string_length}", "" + ScriptLimits.DEFAULT_MAX_STRING_LENGTH)
                .replace("{coroutines}", "" + ScriptLimits.DEFAULT_MAX_COROUTINES)
                .replace("{request}", request())
                .replace("{of_each_run}\n", rows(ScriptGlobals.ofEachRun()))
                .replace("{modules}\n", modules(modules))
                .replace("{effects}\n", effects())
                .replace("{module_names}", names(modules))
                .replace("{library}\n", String.join("\n", libraries) + "\n")
                .replace("{left_out}\n", rows(AbsentNames.leftOut()))
                .replace("{of_others}\n", rows(AbsentNames.ofOthers()));
    }

    /** The Lua between the fences of a page. */
    static List<String> examples(String page) {
        List<String> examples = new ArrayList<>();
        String[] parts = page.split("\n```lua\n|\n```(?=\n)", -1);
        for (int i = 1; i < parts.length; i += 2) {
            examples.add(parts[i]);
        }
        return examples;
    }

    private static String names(List<ApiModule> modules) {
        return modules.stream()
                .filter(ApiModule::isGlobal)
                .map(module -> "`" + module.name() + "`")
                .collect(Collectors.joining(", "));
    }

    private static String modules(List<ApiModule> modules) {
        return modules.stream().map(ScriptApiPage::module).collect(Collectors.joining());
    }

    private static String module(ApiModule module) {
        return "## "
                + module.name()
                + "\n\n"
                + module.summary()
                + "\n\n"
                + (module.isGlobal()
                        ? ""
                        : "`require \"" + module.name() + "\"` returns it; it is no global.\n\n")
                + (module.called() == null ? "" : function(module.called()))
                + module.functions().stream()
                        .map(ScriptApiPage::function)
                        .collect(Collectors.joining())
                + module.values().stream()
                        .map(value -> value(module.name(), value))
                        .collect(Collectors.joining())
                + elsewhere(module);
    }

    private static String elsewhere(ApiModule module) {
        return module.elsewhere().isEmpty()
                ? ""
                : "These names are not in it. The error says what there is instead:\n\n| name | instead |\n|---|---|\n"
                        + module.elsewhere().entrySet().stream()
                                .map(
                                        e ->
                                                "| `%s.%s` | %s |\n"
                                                        .formatted(
                                                                module.name(),
                                                                e.getKey(),
                                                                e.getValue()))
                                .collect(Collectors.joining())
                        + "\n";
    }

    private static String value(String module, ApiModule.Value value) {
        return "### " + module + "." + value.name() + "\n\nA value: " + value.meaning() + ".\n\n";
    }

    private static String function(ApiFunction function) {
        String parameters =
                function.parameters().isEmpty()
                        ? ""
                        : "| parameter | type | meaning |\n|---|---|---|\n"
                                + function.parameters().stream()
                                        .map(ScriptApiPage::row)
                                        .collect(Collectors.joining())
                                + "\n";
        return "### "
                + signature(function)
                + "\n\n"
                + function.summary()
                + "\n\n"
                + parameters
                + "Returns: "
                + function.results()
                + ".\nErrors: "
                + function.errors()
                + ".\nEffect: "
                + function.effect().word()
                + (function.waits() ? "; the script waits" : "")
                + ".\nMay be called: "
                + when(function.phases())
                + ".\n\n```lua\n"
                + function.example()
                + "\n```\n\n";
    }

    private static String when(Set<Phase> phases) {
        boolean process = phases.contains(Phase.PROCESS) || phases.contains(Phase.PROCESS_ENDED);
        boolean inbound = phases.contains(Phase.NOTIFY) || phases.contains(Phase.NOTIFY_ENDED);
        boolean pushed = phases.contains(Phase.PUSH) || phases.contains(Phase.PUSH_ENDED);
        boolean ended =
                phases.contains(Phase.PROCESS_ENDED)
                        || phases.contains(Phase.NOTIFY_ENDED)
                        || phases.contains(Phase.PUSH_ENDED);
        String scripts =
                process && inbound && pushed
                        ? "in every script"
                        : Stream.of(
                                        process ? "in the script of a dialled code" : null,
                                        inbound ? "in the script of an inbound notify" : null,
                                        pushed ? "in a pushed script" : null)
                                .filter(Objects::nonNull)
                                .collect(Collectors.joining(", "));
        return scripts + (ended ? "" : ", until the dialog has ended");
    }

    private static String request() {
        return RequestField.ALL.stream()
                .map(it -> "| `%s` | %s | %s |".formatted(it.name(), it.type(), it.meaning()))
                .collect(Collectors.joining("\n"));
    }

    private static String effects() {
        return Arrays.stream(Effect.values())
                .map(it -> "| `" + it.word() + "` | " + it.meaning() + " |\n")
                .collect(Collectors.joining());
    }

    private static String signature(ApiFunction function) {
        StringBuilder text = new StringBuilder(function.qualifiedName()).append("(");
        String separator = "";
        int open = 0;
        for (ApiParameter parameter : function.parameters()) {
            if (parameter.optional()) {
                text.append(separator.isEmpty() ? "[" : " [");
                open++;
            }
            text.append(separator).append(parameter.name());
            separator = ", ";
        }
        return text + "]".repeat(open) + ")";
    }

    private static String row(ApiParameter parameter) {
        return String.format(
                "| `%s` | %s%s | %s |\n",
                parameter.name(),
                parameter.type().label(),
                parameter.optional() ? ", optional" : "",
                parameter.meaning());
    }

    private static String rows(Map<String, String> reasons) {
        return reasons.entrySet().stream()
                .map(e -> "| `" + e.getKey() + "` | " + e.getValue() + " |\n")
                .collect(Collectors.joining());
    }
}
