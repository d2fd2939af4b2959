package io.starhash.logic;

import io.starhash.dialog.Component;
import io.starhash.dialog.Message;
import io.starhash.text.UndecodableString;
import io.starhash.text.UssdString;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The texts of a message of our own, as people read them. */
final class SentTexts {
    private SentTexts() {}

    static Stream<String> of(Message message) {
        List<Component> components =
                switch (message) {
                    case Message.Continue(var parts) -> parts;
                    case Message.End(var parts) -> parts;
                    case Message.Abort abort -> List.of();
                };
        return components.stream().flatMap(SentTexts::of);
    }

    private static Stream<String> of(Component component) {
        return switch (component) {
            case Component.Invoke invoke -> read(invoke.ussd());
            case Component.Result result -> read(result.ussd());
            default -> Stream.of();
        };
    }

    private static Stream<String> read(@Nullable UssdString ussd) {
        try {
            return ussd == null ? Stream.of() : Stream.of(ussd.decode());
        } catch (UndecodableString e) {
            throw new IllegalStateException("what was encoded here cannot be read", e);
        }
    }
}
