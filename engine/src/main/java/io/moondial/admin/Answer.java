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
    record Octets(String type, byte[] octets) implements Answer {}

    /** Nothing (204). */
    record Empty() implements Answer {}

    /**
     * Octets as they come, until the writer returns. The connection is not used again.
     *
     * @param writer runs on the call's thread, and is run for each stream that is answered
     */
    record Stream(String type, Map<String, String> headers, Writer writer) implements Answer {
        public Stream {
            headers = Map.copyOf(headers);
        }

        /** Without headers of its own. */
        public Stream(String type, Writer writer) {
            this(type, Map.of(), writer);
        }
    }

    /** The same with further headers. */
    record WithHeaders(Answer answer, Map<String, String> headers) implements Answer {}

    /** Writes a stream. */
    @FunctionalInterface
    interface Writer {
        void write(Body body) throws IOException, InterruptedException;
    }

    /** What a stream is written into. */
    interface Body {
        /**
         * What the caller gets. Any thread may write, one at a time. To close it ends nothing. A
         * caller that is gone, or reads nothing for long, is an {@link IOException}.
         */
        OutputStream octets();

        /** Follows the octets, under this name. */
        void trailer(String name, String value);

        /** Sends what is left, and the trailers, now; nothing can follow. */
        default void end() throws IOException {
            octets().flush();
        }

        /**
         * Does this once the caller has gone, also while nothing is written, or wants something
         * else from the connection. Called at most once.
         */
        void whenGone(Runnable action);
    }

    /** This value, 200. */
    static Answer json(JsonNode value) {
        return new Json(200, value);
    }

    /** A text of this media type. */
    static Answer text(String type, String text) {
        return new Octets(type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
