package io.moondial.admin;

import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Something that has news for {@code /v1/events}. A {@link Resource} that also implements this is
 * asked without further ado.
 */
public interface EventSource {
    /**
     * The topics that it has news of: {@code status}, {@code dialogs}, {@code records}, {@code
     * reload}, or {@code entries} (what happens in the dialogs that {@link Wish#instanceIds}
     * names).
     */
    Set<String> topics();

    /**
     * Tells a caller from now on, until the result is closed. What he should know at once may be
     * told before this returns.
     *
     * @throws Refusal if the wish makes no sense
     */
    Following follow(Wish wish, Listener listener) throws Refusal;

    /**
     * What a caller wants to hear.
     *
     * @param caller whose role says what is masked
     * @param topic one of {@link #topics}
     * @param instanceIds the dialogs; empty: none was named
     * @param stream only records of this stream; null: of all
     */
    record Wish(Caller caller, String topic, Set<String> instanceIds, @Nullable String stream) {
        public Wish {
            instanceIds = Set.copyOf(instanceIds);
        }
    }

    /**
     * Where news go. It never waits: what finds no room is counted, and the caller gets to know.
     */
    @FunctionalInterface
    interface Listener {
        /**
         * Tells events of one name, from any thread.
         *
         * @param event its name, such as {@code dialog}
         * @param data makes what goes with each, on a thread of the caller's, once they are sent;
         *     so it costs whoever tells nothing. None: there is nothing to tell after all
         */
        void tellAll(String event, Supplier<List<JsonNode>> data);

        /** Tells one event. */
        default void tell(String event, Supplier<JsonNode> data) {
            tellAll(event, () -> List.of(data.get()));
        }
    }

    /** What a caller listens to, until it is closed. */
    @FunctionalInterface
    interface Following extends AutoCloseable {
        @Override
        void close();
    }
}
