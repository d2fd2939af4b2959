package io.moondial.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a call is answered with. */
public sealed interface Answer {
    /** One JSON value. */
    record Json(int status, JsonNode value) implements Answer {}

    /** Octets of a media type. */
    @SuppressWarnings("ArrayRecordComponent") // goes straight to the connection
    record Octets(String type, byte[] octets, Map<String, String> headers) implements Answer {}

    /** Nothing (204). */
    record Empty() implements Answer {}

    /**
     * Octets as they come, until the writer returns.
     *
     * @param writer runs on the call's thread; a caller that is gone is an {@link IOException}
     */
    record Stream(String type, Writer writer) implements Answer {}

    /** The same with further headers. */
    record WithHeaders(Answer answer, Map<String, String> headers) implements Answer {}

    /** Writes a stream. */
    @FunctionalInterface
    interface Writer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    /** This value, 200. */
    static Answer json(JsonNode value) {
        return new Json(200, value);
    }

    /** A text of this media type. */
    static Answer text(String type, String text) {
        return new Octets(
                type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of());
    }
}
