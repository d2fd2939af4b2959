package io.starhash.logic;

import io.starhash.dialog.Component;
import io.starhash.dialog.Message;
import io.starhash.text.UndecodableString;
import io.starhash.text.UssdString;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The texts of a message of our own, as whoever looks at the signalling reads them. */
final class SentTexts {
    private SentTexts() {}

    /** Whether one of them is such a text; one that cannot be read is, to be sure. */
    static boolean anyMatch(Message message, Predicate<String> wanted) {
        List<Component> components =
                switch (message) {
                    case Message.Continue(var parts) -> parts;
                    case Message.End(var parts) -> parts;
                    case Message.Abort abort -> List.of();
                };
        return components.stream()
                .map(SentTexts::of)
                .anyMatch(text -> text != null && matches(text, wanted));
    }

    private static @Nullable UssdString of(Component component) {
        return switch (component) {
            case Component.Invoke invoke -> invoke.ussd();
            case Component.Result result -> result.ussd();
            default -> null;
        };
    }

    private static boolean matches(UssdString text, Predicate<String> wanted) {
        try {
            return wanted.test(text.decode());
        } catch (UndecodableString e) {
            return true;
        }
    }
}
