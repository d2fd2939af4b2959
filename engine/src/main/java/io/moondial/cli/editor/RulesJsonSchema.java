package io.moondial.cli.editor;

import io.moondial.Rules;
import io.moondial.config.Schema;
import io.moondial.config.Schema.Description;
import io.moondial.config.Schema.Unset;
import io.moondial.script.api.ApiModule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What the declarations of the settings say, for editors. */
public final class RulesJsonSchema {
    private RulesJsonSchema() {}

    /** The JSON schema (draft 2020-12). */
    public static String of(List<ApiModule> modules) {
        Map<String, Object> sections = new LinkedHashMap<>();
        Schema<Rules> schema = Rules.schema(modules);
        schema.keys().stream()
                .filter(it -> !schema.sections().containsKey(it.name()))
                .forEach(it -> sections.put(it.name(), property(it)));
        schema.sections()
                .forEach(
                        (name, section) ->
                                sections.put(name, object(section.about(), section.keys())));
        Map<String, Object> top = new LinkedHashMap<>();
        top.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        top.put("title", "The rules of Moondial");
        top.put("type", List.of("object", "null"));
        top.put("properties", sections);
        top.put("additionalProperties", false);
        return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(top)
                + "\n";
    }

    private static Map<String, Object> object(String about, List<Description> keys) {
        Map<String, Object> properties = new LinkedHashMap<>();
        keys.forEach(it -> properties.put(it.name(), property(it)));
        Map<String, Object> object = new LinkedHashMap<>();
        if (!about.isEmpty()) {
            object.put("description", about);
        }
        object.put("type", List.of("object", "null"));
        object.put("properties", properties);
        List<String> required =
                keys.stream().filter(Description::required).map(Description::name).toList();
        if (!required.isEmpty()) {
            object.put("required", required);
        }
        object.put("additionalProperties", false);
        return object;
    }

    /** A value as it is written; digits are a text, such as a mode, where no number is allowed. */
    private static Object json(String written, Map<String, Object> allowed) {
        JsonNode value = YAMLMapper.shared().readTree(written);
        return value.isNumber() && !"integer".equals(allowed.get("type")) ? written : value;
    }

    private static Map<String, Object> property(Description key) {
        Map<String, Object> one = key.keys().isEmpty() ? key.json() : object("", key.keys());
        Map<String, Object> property = new LinkedHashMap<>();
        property.put("description", key.about());
        if (key.unset() instanceof Unset.Default(String written) && !written.isEmpty()) {
            property.put("default", json(written, key.json()));
        }
        switch (key.form()) {
            case VALUE, SECTION -> property.putAll(one);
            case LIST_OF_VALUES, LIST_OF_SECTIONS -> {
                property.put("type", List.of("array", "null"));
                property.put("items", one);
            }
            case NAMED_SECTIONS -> {
                property.put("type", List.of("object", "null"));
                property.put("additionalProperties", one);
            }
        }
        return property;
    }
}
