package io.moondial.modules.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** JSON as values of Java's, for what is outside scripts: answers of others, lines of tests. */
public final class JsonText {
    private static final int MAX_DEPTH = 64;

    // without the cache of names: what comes from outside would stay in it
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .build();

    private JsonText() {}

    /** The text is not JSON. */
    public static final class NotJsonException extends Exception {
        private static final long serialVersionUID = 1L;

        NotJsonException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * The value of a text: a Map, a List, a String, a BigDecimal, a Boolean or null.
     *
     * @throws NotJsonException if the text is not one JSON value with at most 64 levels
     */
    public static @Nullable Object read(String text) throws NotJsonException {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() == null) {
                throw new NotJsonException("the text is empty");
            }
            @Nullable Object value = value(json, 0);
            if (json.nextToken() != null) {
                throw new NotJsonException("more after the end of the value");
            }
            return value;
        } catch (JacksonException e) {
            throw new NotJsonException(e.getOriginalMessage());
        }
    }

    private static @Nullable Object value(JsonParser json, int depth) throws NotJsonException {
        if (depth > MAX_DEPTH) {
            throw new NotJsonException("more than " + MAX_DEPTH + " levels");
        }
        return switch (json.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(json);
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(json, depth + 1));
                }
                yield items;
            }
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    fields.put(name, value(json, depth + 1));
                }
                yield fields;
            }
            case null, default -> throw new NotJsonException("no value");
        };
    }

    private static BigDecimal number(JsonParser json) throws NotJsonException {
        try {
            return json.getDecimalValue();
        } catch (NumberFormatException e) {
            // the parser lets through what BigDecimal says of an exponent beyond an int
            throw new NotJsonException("a number with an exponent that is too large");
        }
    }

    /**
     * Whether a value has all that a part of it says: of an object the fields that the part has, of
     * a list every item. Numbers are compared by their amount.
     */
    public static boolean covers(@Nullable Object whole, @Nullable Object part) {
        return switch (part) {
            case null -> whole == null;
            case Map<?, ?> fields ->
                    whole instanceof Map<?, ?> all
                            && fields.entrySet().stream()
                                    .allMatch(
                                            it ->
                                                    all.containsKey(it.getKey())
                                                            && covers(
                                                                    all.get(it.getKey()),
                                                                    it.getValue()));
            case List<?> items -> whole instanceof List<?> all && covers(all, items);
            case BigDecimal number ->
                    whole instanceof BigDecimal other && number.compareTo(other) == 0;
            case Object single -> single.equals(whole);
        };
    }

    private static boolean covers(List<?> all, List<?> items) {
        if (all.size() != items.size()) {
            return false;
        }
        for (int i = 0; i < items.size(); i++) {
            if (!covers(all.get(i), items.get(i))) {
                return false;
            }
        }
        return true;
    }
}
