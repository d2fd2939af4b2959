package io.moondial.rules;

import io.moondial.Rules;
import io.moondial.config.Schema;
import io.moondial.config.Schema.Description;
import io.moondial.config.Schema.Unset;
import io.moondial.script.api.ApiModule;
import java.util.List;

/** What the declarations of the settings say, as a page for people. */
public final class RulesReference {
    private static final String HEAD =
            """
            # The keys of the rules file

            Each key with the values that it takes, its default, and what it is for. [rules.yaml](../../rules.yaml) at the top of the
            repository explains the file. [rules.schema.json](rules.schema.json) has the same facts for editors.
            A change of a key is picked up while the engine runs, except in the sections that wait for a restart.

            This page is made from the code by `RulesReferenceTest`.
            """;

    private final StringBuilder page = new StringBuilder(HEAD);

    private RulesReference() {}

    /** The page. */
    public static String page(List<ApiModule> modules) {
        var reference = new RulesReference();
        reference.page.append("\n## At the top of the file\n\nA change is picked up at once.\n");
        reference.tables("", single(modules));
        Rules.schema(modules).sections().forEach(reference::section);
        return reference.page.toString();
    }

    /** The keys of the file that are no sections. */
    static List<Description> single(List<ApiModule> modules) {
        Schema<Rules> schema = Rules.schema(modules);
        return schema.keys().stream()
                .filter(it -> !schema.sections().containsKey(it.name()))
                .toList();
    }

    private void section(String name, Schema<?> schema) {
        page.append("\n## ").append(name).append("\n\n").append(schema.about());
        page.append(schema.waitsForRestart() ? "\n" : " A change is picked up at once.\n");
        tables(name, schema.keys());
    }

    /** One table, or one for each group of keys; then those of what stands below them. */
    private void tables(String path, List<Description> keys) {
        String group = null;
        for (Description key : keys) {
            if (!key.group().equals(group)) {
                group = key.group();
                page.append(group.isEmpty() ? "" : "\n" + group + "\n");
                page.append("\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
            }
            row(key);
        }
        for (Description key : keys) {
            if (!key.keys().isEmpty() && !sameAsAbove(key, keys)) {
                String below = path + "." + key.name();
                page.append("\n### ")
                        .append(key.form() == Schema.Form.SECTION ? "" : "Each of ")
                        .append("`")
                        .append(below)
                        .append("`\n");
                tables(below, key.keys());
            }
        }
    }

    /** Whether sections below a key have keys of the section that it stands in, and no others. */
    static boolean sameAsAbove(Description key, List<Description> keys) {
        return keys.containsAll(key.keys());
    }

    private void row(Description key) {
        page.append(
                "| `%s` | %s | %s | %s |\n"
                        .formatted(key.name(), cell(value(key)), unset(key), cell(key.about())));
    }

    private static String value(Description key) {
        return key.form() == Schema.Form.LIST_OF_VALUES
                ? "a list, each of it " + key.allowed()
                : key.allowed();
    }

    private static String unset(Description key) {
        return switch (key.unset()) {
            case Unset.Required() -> "required";
            case Unset.Default(String written) when written.isEmpty() -> "";
            case Unset.Default(String written) -> "`" + cell(written) + "`";
            case Unset.None(String words) -> cell(words);
        };
    }

    private static String cell(String text) {
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*");
    }
}
