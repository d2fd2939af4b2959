package io.moondial.channel.ss7.screening;

import io.moondial.channel.ss7.screening.TransactionPortion.BrokenException;
import io.moondial.channel.ss7.screening.TransactionPortion.Portions;
import io.moondial.channel.ss7.screening.TransactionPortion.TransactionKind;
import java.io.ByteArrayOutputStream;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What becomes of a TCAP message (ITU-T Q.774 3.2.2 and 3.3.3). */
public final class Screened {
    private final byte @Nullable [] deliver;
    private final byte @Nullable [] answer;
    private final @Nullable String why;

    private Screened(byte @Nullable [] deliver, byte @Nullable [] answer, @Nullable String why) {
        this.deliver = deliver;
        this.answer = answer;
        this.why = why;
    }

    /**
     * What the stack is given: the message, well formed and with definite lengths, or a P-ABORT
     * instead if it breaks a dialog of ours; null: nothing.
     */
    public byte @Nullable [] deliver() {
        return deliver;
    }

    /** What goes back at once; null: nothing. */
    public byte @Nullable [] answer() {
        return answer;
    }

    /** What is wrong with the message; null: nothing. */
    public @Nullable String why() {
        return why;
    }

    /**
     * Screens a message.
     *
     * @param ours whether a transaction id is that of a dialog open here
     */
    public static Screened of(TransactionPortion message, Predicate<byte[]> ours) {
        return switch (message.kind()) {
            case UNIDIRECTIONAL -> new Screened(null, null, "no service takes a TC-UNI");
            case UNKNOWN ->
                    broken(
                            message,
                            PAbortCause.UNRECOGNIZED_MESSAGE_TYPE,
                            "this is no message of TCAP",
                            ours);
            case BEGIN, CONTINUE, END, ABORT -> {
                try {
                    yield wellFormed(message, message.portions(), ours);
                } catch (BrokenException e) {
                    yield broken(message, e.cause, String.valueOf(e.getMessage()), ours);
                }
            }
        };
    }

    /**
     * The transaction portion is broken: the far side is told if it can be, and a dialog of ours
     * ends.
     */
    private static Screened broken(
            TransactionPortion message, PAbortCause cause, String why, Predicate<byte[]> ours) {
        byte[] origin = message.originatingId();
        byte[] destination = message.destinationId();
        boolean answerable =
                switch (message.kind()) {
                    case BEGIN, CONTINUE, UNKNOWN -> origin != null;
                    case END, ABORT, UNIDIRECTIONAL -> false;
                };
        boolean ends =
                switch (message.kind()) {
                    case CONTINUE, UNKNOWN -> answerable;
                    case END, ABORT -> true;
                    case BEGIN, UNIDIRECTIONAL -> false;
                };
        return new Screened(
                ends && destination != null && ours.test(destination)
                        ? cause.message(destination)
                        : null,
                answerable && origin != null ? cause.message(origin) : null,
                why);
    }

    private static Screened wellFormed(
            TransactionPortion message, Portions portions, Predicate<byte[]> ours) {
        BerElement dialogue = portions.dialogue();
        if (dialogue != null && !DialoguePortion.wellFormed(dialogue)) {
            return abnormalDialogue(message, ours);
        }
        BerElement cause = portions.cause();
        if (cause != null) {
            return new Screened(message.rebuilt(PAbortCause.readable(cause), null), null, null);
        }
        BerElement components = portions.components();
        byte[] readable = components == null ? new byte[0] : ComponentPortion.readable(components);
        return new Screened(
                message.rebuilt(
                        dialogue == null ? null : octets(dialogue),
                        readable.length == 0 ? null : readable),
                null,
                null);
    }

    /** The dialogue portion is broken: the provider aborts the dialogue, on both sides. */
    private static Screened abnormalDialogue(TransactionPortion message, Predicate<byte[]> ours) {
        byte[] origin = message.originatingId();
        byte[] named = message.destinationId();
        byte[] destination = named != null && ours.test(named) ? named : null;
        if (message.kind() == TransactionKind.CONTINUE && destination == null) {
            return new Screened(message.rebuilt(null, null), null, null);
        }
        return new Screened(
                destination == null ? null : PAbortCause.INCORRECT.message(destination),
                origin == null ? null : PAbortCause.abnormalDialogue(origin),
                "its dialogue portion is broken");
    }

    private static byte[] octets(BerElement element) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        element.writeTo(out);
        return out.toByteArray();
    }
}
