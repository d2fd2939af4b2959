package io.moondial.channel.ss7;

import static io.moondial.channel.ss7.Message.Operation.PROCESS_UNSTRUCTURED_SS_REQUEST;
import static io.moondial.channel.ss7.Message.Operation.UNSTRUCTURED_SS_NOTIFY;
import static io.moondial.channel.ss7.Message.Operation.UNSTRUCTURED_SS_REQUEST;

import io.moondial.channel.DialogDesk;
import io.moondial.channel.DialogDesk.Refusal;
import io.moondial.channel.DialogLink;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.OutgoingDialog;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialog.DialogKind;
import io.moondial.dialog.Incoming;
import io.moondial.dialog.Incoming.Part;
import io.moondial.dialog.Outgoing;
import io.moondial.metrics.Counters;
import io.moondial.text.UssdString;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.restcomm.protocols.ss7.map.api.MAPException;

/**
 * A desk of USSD dialogs at a signalling point: what its dialogs say becomes components, and what
 * comes for them is said in the words of USSD.
 */
public final class UssdDesk implements MessageDesk {
    private static final int MAX_ERROR = 255;

    private final DialogDesk desk;
    private final Counters counters;

    /** A desk whose MAP errors nobody counts. */
    public UssdDesk(DialogDesk desk) {
        this(desk, new Counters());
    }

    /**
     * A desk.
     *
     * @param counters takes {@code map.errors.OPERATION.CODE}, sent and received
     */
    public UssdDesk(DialogDesk desk, Counters counters) {
        this.desk = desk;
        this.counters = counters;
    }

    /** Counts a MAP error; codes beyond an octet, which none of MAP has, count as one. */
    static void countError(Counters counters, int operation, int code) {
        counters.increment(
                "map.errors."
                        + switch (operation) {
                            case PROCESS_UNSTRUCTURED_SS_REQUEST -> "process";
                            case UNSTRUCTURED_SS_REQUEST -> "request";
                            case UNSTRUCTURED_SS_NOTIFY -> "notify";
                            case SmRouting.OPERATION -> "sri_sm";
                            default -> "other";
                        }
                        + '.'
                        + (code >= 0 && code <= MAX_ERROR ? code : "other"));
    }

    @Override
    public MessageLink.Receiver begun(Begin begin, MessageLink link) {
        UssdDialog dialog = new UssdDialog(begin.invokeId(), begin.operation(), link, counters);
        dialog.receiver = desk.begun(begin.opening(), dialog);
        return dialog;
    }

    /** Begins a dialog of ours over this link, on which nothing was sent yet. */
    static DialogLink begin(
            MapLink link, OutgoingDialog dialog, DialogLink.Receiver receiver, Counters counters)
            throws MAPException {
        UssdDialog begun = new UssdDialog(0, Operation.NO_LOCAL_CODE, link, counters);
        begun.receiver = receiver;
        link.receiver(begun);
        begun.begin(link, dialog);
        return begun;
    }

    @Override
    public BitSet hidden(int operation, @Nullable String text, @Nullable String msisdn) {
        DialogKind kind = kind(operation);
        return kind == null ? new BitSet() : desk.hidden(kind, text, msisdn);
    }

    @Override
    public int maxDialogs() {
        return desk.maxDialogs();
    }

    @Override
    public void refused(Refusal refusal) {
        desk.refused(refusal);
    }

    /** What begins with this operation; null: nothing. */
    static @Nullable DialogKind kind(int operation) {
        return switch (operation) {
            case PROCESS_UNSTRUCTURED_SS_REQUEST -> DialogKind.DIALLED;
            case UNSTRUCTURED_SS_NOTIFY -> DialogKind.NOTIFIED;
            default -> null;
        };
    }

    /** One dialog: it knows which invoke each of its screens is. */
    private static final class UssdDialog implements DialogLink, MessageLink.Receiver {
        /** Invoke ids are one octet, signed; the positive half is enough for one dialog. */
        private static final int MAX_INVOKE_ID = 127;

        private final int firstInvokeId;
        private final int firstOperation;
        private final MessageLink link;
        private final Counters counters;
        private DialogLink.@Nullable Receiver receiver;
        private int lastInvokeId;

        /** The newest of the screens that were not answered yet; an id of theirs is in use. */
        private @Nullable Invoked unanswered;

        /** A screen that was sent, and the one that was sent before it. */
        private record Invoked(int invokeId, int operation, int screen, @Nullable Invoked before) {}

        /**
         * A dialog over this link.
         *
         * @param firstInvokeId of what began it
         * @param firstOperation of what began it; {@link Operation#NO_LOCAL_CODE}: we begin it
         */
        UssdDialog(int firstInvokeId, int firstOperation, MessageLink link, Counters counters) {
            this.counters = counters;
            this.firstInvokeId = firstInvokeId;
            this.firstOperation = firstOperation;
            this.link = link;
        }

        @Override
        public String localTid() {
            return link.localTid();
        }

        @Override
        public void forget() {
            link.forget();
        }

        // ---- what the dialog says

        @Override
        public Optional<String> send(Outgoing message) throws DialogGoneException {
            return switch (message) {
                case Outgoing.Ask ask ->
                        invoke(
                                ask.screen(),
                                UNSTRUCTURED_SS_REQUEST,
                                ask.text(),
                                ask.hidden(),
                                ask.secret());
                case Outgoing.Show(int screen, UssdString text, boolean hidden) ->
                        invoke(screen, UNSTRUCTURED_SS_NOTIFY, text, hidden, false);
                case Outgoing.Finish(UssdString text, boolean hidden) -> {
                    hide(hidden);
                    yield end(new Component.Result(firstInvokeId, firstOperation, text));
                }
                case Outgoing.Acknowledge a ->
                        end(new Component.Result(firstInvokeId, firstOperation, null));
                case Outgoing.Refuse(int code) -> refuse(code);
                case Outgoing.Begin begin ->
                        throw new IllegalStateException("what has begun does not begin again");
                case Outgoing.End e -> link.send(new Message.End(List.of()));
                case Outgoing.Abort(String reason) -> link.send(new Message.Abort(reason));
            };
        }

        void begin(MapLink unsent, OutgoingDialog dialog) throws MAPException {
            Outgoing.Screen first = dialog.first();
            int operation =
                    first instanceof Outgoing.Ask
                            ? UNSTRUCTURED_SS_REQUEST
                            : UNSTRUCTURED_SS_NOTIFY;
            int invokeId = use(first.screen(), operation);
            if (first instanceof Outgoing.Ask ask && ask.secret()) {
                unsent.keepSecret(invokeId);
            }
            hide(first.hidden());
            unsent.begin(
                    invokeId,
                    operation,
                    new UssdParameter(first.text(), dialog.alertingPattern(), null),
                    dialog.answerWithin());
        }

        /** An error that no link took was not sent. */
        private Optional<String> refuse(int code) throws DialogGoneException {
            Optional<String> undelivered = end(new Component.ErrorReturned(firstInvokeId, code));
            if (undelivered.isEmpty()) {
                countError(counters, firstOperation, code);
            }
            return undelivered;
        }

        private Optional<String> end(Component component) throws DialogGoneException {
            if (firstOperation == Operation.NO_LOCAL_CODE) {
                throw new IllegalStateException(
                        "a dialog that we have begun is not ended by " + component);
            }
            return link.send(new Message.End(List.of(component)));
        }

        private Optional<String> invoke(
                int screen, int operation, UssdString text, boolean hidden, boolean secret)
                throws DialogGoneException {
            int invokeId = use(screen, operation);
            if (secret) {
                link.keepSecret(invokeId);
            }
            hide(hidden);
            boolean sent = false;
            try {
                Component component = new Component.Invoke(invokeId, operation, text);
                Optional<String> undelivered = link.send(new Message.Continue(List.of(component)));
                sent = true;
                return undelivered;
            } finally {
                if (!sent) {
                    answered(invokeId); // by nobody: nothing was asked
                }
            }
        }

        private void hide(boolean hidden) {
            if (hidden) {
                link.hideTexts();
            }
        }

        /**
         * A free invoke id for this screen, known from now on: an id is not used again while an
         * answer to it is possible (ITU-T Q.774 3.2.1.1.3).
         */
        private synchronized int use(int screen, int operation) {
            int last = lastInvokeId;
            do {
                lastInvokeId = lastInvokeId % MAX_INVOKE_ID + 1;
            } while (invoked(lastInvokeId) != null && lastInvokeId != last);
            if (invoked(lastInvokeId) != null) {
                throw new IllegalStateException("all invoke ids wait for their answers");
            }
            unanswered = new Invoked(lastInvokeId, operation, screen, unanswered);
            return lastInvokeId;
        }

        private @Nullable Invoked invoked(int invokeId) {
            Invoked it = unanswered;
            while (it != null && it.invokeId() != invokeId) {
                it = it.before();
            }
            return it;
        }

        private synchronized void answered(int invokeId) {
            unanswered = without(invokeId, unanswered);
        }

        private static @Nullable Invoked without(int invokeId, @Nullable Invoked newest) {
            if (newest == null || newest.invokeId() == invokeId) {
                return newest == null ? null : newest.before();
            }
            return new Invoked(
                    newest.invokeId(),
                    newest.operation(),
                    newest.screen(),
                    without(invokeId, newest.before()));
        }

        // ---- what comes for it, on a network thread

        @Override
        public void arrived(Message message) {
            Incoming incoming = read(message);
            if (receiver != null) {
                receiver.arrived(incoming);
            }
        }

        private synchronized Incoming read(Message message) {
            return switch (message) {
                case Message.Continue(var components) -> new Incoming.Continued(parts(components));
                case Message.End(var components) -> new Incoming.Ended(parts(components));
                case Message.Abort(var cause, String reason) -> new Incoming.Aborted(cause, reason);
            };
        }

        private List<Part> parts(List<Component> components) {
            return switch (components.size()) {
                case 0 -> List.of();
                case 1 -> List.of(part(components.getFirst()));
                default -> components.stream().map(this::part).toList();
            };
        }

        private Part part(Component component) {
            return switch (component) {
                case Component.Result(int id, int operation, var text) ->
                        result(id, operation, text);
                case Component.Located located ->
                        new Part.Unusable("Received a result of an HLR on USSD transaction.");
                case Component.ErrorReturned(int id, int code) -> error(id, code);
                case Component.Rejected(var id, String problem) ->
                        new Part.Unusable(
                                "Received Reject of invoke %s on USSD transaction: %s."
                                        .formatted(id, problem));
                case Component.Undecodable(int id, int operation, String why) ->
                        new Part.Unusable(
                                "Received a component of %s that cannot be decoded: %s"
                                        .formatted(Operation.name(operation), why));
                case Component.Invoke(int id, int operation, var text) ->
                        new Part.Unusable(
                                "Received unsupported Invoke operation code %d on USSD transaction."
                                        .formatted(operation));
                case Component.UnknownInvoke(var id, String problem) ->
                        new Part.Stray(
                                "rejected a component for invoke %s, which was never sent or is answered: %s"
                                        .formatted(id, problem));
            };
        }

        private Part result(int invokeId, int operation, @Nullable UssdString text) {
            Invoked screen = invoked(invokeId);
            if (screen == null) {
                return new Part.Stray(
                        "ignored a result of invoke " + invokeId + ", which is not awaited");
            }
            if (screen.operation() != operation) {
                return new Part.Unusable(
                        "Received unsupported ReturnResult operation code %d on USSD transaction."
                                .formatted(operation));
            }
            answered(invokeId);
            return operation == UNSTRUCTURED_SS_REQUEST
                    ? new Part.Answered(screen.screen(), text)
                    : new Part.Acknowledged(screen.screen());
        }

        private Part error(int invokeId, int code) {
            Invoked screen = invoked(invokeId);
            if (screen == null) {
                return new Part.Stray(
                        "ignored an error for invoke " + invokeId + ", which is not awaited");
            }
            answered(invokeId);
            countError(counters, screen.operation(), code);
            return new Part.Errored(screen.screen(), code);
        }
    }
}
