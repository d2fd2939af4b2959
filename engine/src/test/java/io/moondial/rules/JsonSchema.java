package io.moondial.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON schema with the keywords that ours has (draft 2020-12); one with another keyword is
 * refused, so that none is left unread.
 */
record JsonSchema(JsonNode schema) {
    /** What is wrong with a value, each with where it stands, such as {@code /script/max_time}. */
    List<String> problems(JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "", problems);
        return problems;
    }

    private static void check(JsonNode schema, JsonNode value, String at, List<String> problems) {
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            JsonNode given = keyword.getValue();
            boolean fits =
                    switch (keyword.getKey()) {
                        case "$schema", "title", "description", "properties" -> true;
                        case "default" -> defaultFits(schema, given);
                        case "type" -> isOfType(given, value);
                        case "enum" -> stream(given).anyMatch(value::equals);
                        case "const" -> given.equals(value);
                        case "pattern" ->
                                !value.isString()
                                        || Pattern.compile(given.asString())
                                                .matcher(value.asString())
                                                .find();
                        case "minimum" -> !value.isNumber() || value.asLong() >= given.asLong();
                        case "maximum" -> !value.isNumber() || value.asLong() <= given.asLong();
                        case "required" ->
                                !value.isObject()
                                        || stream(given).allMatch(it -> value.has(it.asString()));
                        case "anyOf" ->
                                stream(given)
                                        .anyMatch(
                                                it -> new JsonSchema(it).problems(value).isEmpty());
                        case "items" -> {
                            int number = 0;
                            for (JsonNode item : value.isArray() ? value : List.<JsonNode>of()) {
                                check(given, item, at + "/" + number++, problems);
                            }
                            yield true;
                        }
                        case "additionalProperties" -> {
                            checkKeys(schema, given, value, at, problems);
                            yield true;
                        }
                        default ->
                                throw new IllegalArgumentException(
                                        "a keyword that is not read: " + keyword.getKey());
                    };
            if (!fits) {
                problems.add(at + ": " + keyword.getKey());
            }
        }
    }

    private static boolean defaultFits(JsonNode schema, JsonNode value) {
        return new JsonSchema(((ObjectNode) schema.deepCopy()).without("default"))
                .problems(value)
                .isEmpty();
    }

    /** The values of an object by their own schemas, and what has none by that of the others. */
    private static void checkKeys(
            JsonNode schema, JsonNode others, JsonNode value, String at, List<String> problems) {
        if (!value.isObject()) {
            return;
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            String below = at + "/" + entry.getKey();
            JsonNode own = schema.path("properties").path(entry.getKey());
            if (!own.isMissingNode()) {
                check(own, entry.getValue(), below, problems);
            } else if (others.isObject()) {
                check(others, entry.getValue(), below, problems);
            } else if (!others.asBoolean()) {
                problems.add(below + ": unknown");
            }
        }
    }

    private static boolean isOfType(JsonNode types, JsonNode value) {
        return types.isArray()
                ? stream(types).anyMatch(it -> isOfType(it, value))
                : switch (types.asString()) {
                    case "object" -> value.isObject();
                    case "array" -> value.isArray();
                    case "string" -> value.isString();
                    case "number" -> value.isNumber();
                    case "integer" -> value.isIntegralNumber();
                    case "boolean" -> value.isBoolean();
                    case "null" -> value.isNull();
                    default -> throw new IllegalArgumentException("no type: " + types);
                };
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
