package io.moondial.admin;

import io.moondial.text.LogText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the body of a call: one JSON object in UTF-8 (RFC 8259). What two programs could read
 * differently is refused: a name that an object has twice, and characters that are none (half of a
 * surrogate pair, U+0000). No message quotes a value: it may be a password.
 */
final class JsonBody {
    /** What some editors write before UTF-8; RFC 8259, clause 8.1 lets a reader ignore it. */
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private JsonBody() {}

    /**
     * The object.
     *
     * @throws Refusal 400 if the body is none; the message says where
     */
    static JsonNode object(JsonMapper json, byte[] octets) throws Refusal {
        String text = text(octets);
        try {
            try (JsonParser parser = json.createParser(text)) {
                judge(parser);
            }
            JsonNode value = json.readTree(text);
            if (value.isObject()) {
                return value;
            }
        } catch (StreamConstraintsException e) {
            throw Refusal.badRequest(
                    "the body has more levels, a longer name or a longer number than this reads");
        } catch (JacksonException e) {
            throw Refusal.badRequest("the body is no JSON" + at(e.getLocation()));
        }
        throw Refusal.badRequest("the body must be a JSON object");
    }

    private static String text(byte[] octets) throws Refusal {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
            return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw Refusal.badRequest("the body is not in UTF-8, as JSON is");
        }
    }

    private static void judge(JsonParser parser) throws Refusal {
        Deque<Set<String>> open = new ArrayDeque<>();
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            switch (token) {
                // A list has no names; its set stays empty.
                case START_OBJECT, START_ARRAY -> open.push(new HashSet<>());
                case END_OBJECT, END_ARRAY -> open.pop();
                case PROPERTY_NAME -> {
                    String name = parser.getString();
                    requireCharacters(name, "a name", parser);
                    if (!open.element().add(name)) {
                        throw Refusal.badRequest(
                                "the body has '%s' twice in one object%s; each name stands there once"
                                        .formatted(
                                                LogText.of(name),
                                                at(parser.currentTokenLocation())));
                    }
                }
                case VALUE_STRING ->
                        requireCharacters(
                                parser.getString(),
                                parser.currentName() == null
                                        ? "a text"
                                        : LogText.of(parser.currentName()),
                                parser);
                default -> {
                    // Numbers and words have no texts.
                }
            }
        }
    }

    private static void requireCharacters(String text, String what, JsonParser parser)
            throws Refusal {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw Refusal.badRequest(
                        "%s has the character U+0000%s; no text may have it"
                                .formatted(what, at(parser.currentTokenLocation())));
            }
            if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw Refusal.badRequest(
                        "%s has \\u%04x alone, half of a character%s; a character beyond U+FFFF is two of them, such as \\ud83d\\ude00"
                                .formatted(what, (int) c, at(parser.currentTokenLocation())));
            }
        }
    }

    private static String at(@Nullable TokenStreamLocation at) {
        return at == null ? "" : ": line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    }
}
