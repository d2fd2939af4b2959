package io.moondial.channel.ss7.screening;

import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import io.moondial.channel.ss7.screening.TransactionPortion.BrokenException;
import io.moondial.channel.ss7.screening.TransactionPortion.PAbortCause;
import io.moondial.channel.ss7.screening.TransactionPortion.Portions;
import io.moondial.channel.ss7.screening.TransactionPortion.TransactionKind;
import java.io.ByteArrayOutputStream;
import java.util.List;
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

    /**
     * The components of a message (ITU-T Q.773 4.1) as the stack can take them in. One that is
     * broken is replaced by one that the stack rejects with the same general problem: of the
     * original it would lose its place in the message, or its dialog.
     */
    private static final class ComponentPortion {
        private static final int INVOKE = 0xa1;
        private static final int RESULT_LAST = 0xa2;
        private static final int ERROR = 0xa3;
        private static final int REJECT = 0xa4;
        private static final int RESULT_NOT_LAST = 0xa7;
        private static final int INTEGER = 0x02;
        private static final int NULL = 0x05;
        private static final int OBJECT_IDENTIFIER = 0x06;
        private static final int SEQUENCE = 0x30;
        private static final int LINKED_ID = 0x80;
        private static final int FIRST_PROBLEM = 0x80;
        private static final int LAST_PROBLEM = 0x83;
        private static final int MAX_LOCAL_CODE = 4;

        /**
         * A message of USSD has one or two; what is more is rejected in one word. Each that is
         * broken makes the stack write a Reject, so this bounds what a message costs, and how much
         * longer an answer is than what it answers.
         */
        private static final int MAX_COMPONENTS = 2;

        /** The greatest code of each kind of problem: general, invoke, result, error. */
        private static final int[] LAST_CODES = {2, 7, 2, 4};

        /** A context-specific tag that no component has: rejected as unrecognized. */
        private static final byte[] UNRECOGNIZED = {(byte) 0xa5, 0x00};

        /** An Invoke that ends before its id: rejected as badly structured. */
        private static final byte[] BADLY_STRUCTURED = {(byte) INVOKE, 0x00};

        private static final byte[] NO_ID = {0x04, 0x00};

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        private ComponentPortion() {}

        /** The contents of this component portion, each component well formed. */
        static byte[] readable(BerElement portion) {
            ComponentPortion readable = new ComponentPortion();
            int next = portion.content();
            int count = 0;
            try {
                while (next < portion.contentEnd()) {
                    if (count++ == MAX_COMPONENTS) {
                        throw new NotBerException("more than " + MAX_COMPONENTS + " components");
                    }
                    BerElement component =
                            BerElement.read(portion.source(), next, portion.contentEnd());
                    readable.add(component);
                    next = component.end();
                }
            } catch (NotBerException e) {
                readable.out.writeBytes(BADLY_STRUCTURED);
            }
            return readable.out.toByteArray();
        }

        private void add(BerElement component) {
            try {
                switch (component.tag()) {
                    case INVOKE -> invoke(component);
                    case RESULT_LAST, RESULT_NOT_LAST -> result(component);
                    case ERROR -> error(component);
                    case REJECT -> reject(component);
                    default -> out.writeBytes(UNRECOGNIZED);
                }
            } catch (NotBerException e) {
                if (component.tag() != REJECT) {
                    out.writeBytes(BADLY_STRUCTURED);
                }
            }
        }

        private void invoke(BerElement component) throws NotBerException {
            List<BerElement> fields = component.children();
            int code = fields.size() > 1 && fields.get(1).tag() == LINKED_ID ? 2 : 1;
            if (!invokeId(fields)) {
                mistyped(component, NO_ID);
            } else if ((code == 2 && fields.get(1).length() != 1)
                    || !code(fields, code)
                    || fields.size() > code + 2) {
                mistyped(component, id(fields));
            } else {
                component.writeTo(out);
            }
        }

        private void result(BerElement component) throws NotBerException {
            List<BerElement> fields = component.children();
            if (!invokeId(fields)) {
                mistyped(component, NO_ID);
            } else if (fields.size() == 1) {
                component.writeTo(out);
            } else if (fields.size() > 2 || fields.get(1).tag() != SEQUENCE) {
                mistyped(component, id(fields));
            } else {
                resultWithCode(component, fields);
            }
        }

        /**
         * A result whose SEQUENCE holds an operation code and nothing else is one without a
         * parameter, as some peers write it.
         */
        private void resultWithCode(BerElement component, List<BerElement> fields)
                throws NotBerException {
            List<BerElement> result = fields.get(1).children();
            if (!code(result, 0) || result.size() > 2) {
                mistyped(component, id(fields));
            } else if (result.size() == 1) {
                BerElement.write(out, component.tag(), id(fields));
            } else {
                component.writeTo(out);
            }
        }

        /** The parameter of an error says nothing that is used; so a broken one does no harm. */
        private void error(BerElement component) throws NotBerException {
            List<BerElement> fields = component.children();
            if (!invokeId(fields)) {
                mistyped(component, NO_ID);
            } else if (!code(fields, 1)) {
                mistyped(component, id(fields));
            } else {
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                fields.get(0).writeTo(content);
                fields.get(1).writeTo(content);
                BerElement.write(out, ERROR, content.toByteArray());
            }
        }

        /**
         * A Reject that is broken is never answered with one: it is dropped (ITU-T Q.774 3.2.2.2).
         */
        private void reject(BerElement component) throws NotBerException {
            List<BerElement> fields = component.children();
            if (fields.size() == 2
                    && (invokeId(fields)
                            || (fields.getFirst().tag() == NULL && fields.getFirst().length() == 0))
                    && fields.get(1).tag() >= FIRST_PROBLEM
                    && fields.get(1).tag() <= LAST_PROBLEM
                    && fields.get(1).length() == 1) {
                writeReject(fields);
            }
        }

        /** A problem that is none says at least that the invoke is refused. */
        private void writeReject(List<BerElement> fields) {
            BerElement problem = fields.get(1);
            int code = problem.contents()[0];
            int last = LAST_CODES[problem.tag() - FIRST_PROBLEM];
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            fields.getFirst().writeTo(content);
            BerElement.write(
                    content,
                    problem.tag(),
                    new byte[] {(byte) (code >= 0 && code <= last ? code : 0)});
            BerElement.write(out, REJECT, content.toByteArray());
        }

        /** -128 to 127, in one octet. */
        private static boolean invokeId(List<BerElement> fields) {
            return !fields.isEmpty()
                    && fields.getFirst().tag() == INTEGER
                    && fields.getFirst().length() == 1;
        }

        private static byte[] id(List<BerElement> fields) {
            ByteArrayOutputStream id = new ByteArrayOutputStream();
            fields.getFirst().writeTo(id);
            return id.toByteArray();
        }

        private static boolean code(List<BerElement> fields, int at) {
            if (at >= fields.size()) {
                return false;
            }
            BerElement code = fields.get(at);
            return switch (code.tag()) {
                case OBJECT_IDENTIFIER -> DialoguePortion.objectIdentifier(code);
                case INTEGER -> code.length() > 0 && code.length() <= MAX_LOCAL_CODE;
                default -> false;
            };
        }

        /** A component with this id and a code of a wrong type: rejected as mistyped. */
        private void mistyped(BerElement component, byte[] id) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            content.writeBytes(id);
            content.writeBytes(NO_ID);
            BerElement.write(out, component.tag() == ERROR ? ERROR : INVOKE, content.toByteArray());
        }
    }
}
