package io.moondial.handset.program;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.Opening;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.channel.ss7.MessageDesk;
import io.moondial.channel.ss7.MessageLink;
import io.moondial.dialog.DialogKind;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network that says what the test has written down, each time that a handset has said something.
 */
final class ScriptedNetwork implements FarSide {
    private final Deque<List<Message>> turns = new ArrayDeque<>();

    /** What was dialled, and in which message each dialog went on. */
    final List<String> heard = new ArrayList<>();

    /** What is pushed as soon as the handset is on. */
    private final List<MessageDesk.Begin> pushes = new ArrayList<>();

    /** Whether the handset has been turned off. */
    boolean isOff;

    private boolean deaf;
    private boolean broken;

    /** The next thing heard is answered so; in several messages, one after the other. */
    ScriptedNetwork then(Message... messages) {
        turns.add(List.of(messages));
        return this;
    }

    /** From now on every dialog has ended without the handset knowing. */
    ScriptedNetwork goneAfterDialling() {
        deaf = true;
        return this;
    }

    /** A dialog begins so as soon as the handset is on. */
    ScriptedNetwork pushing(int operation, String text) {
        return pushing(operation, text, "27761485722");
    }

    ScriptedNetwork pushing(int operation, String text, String to) {
        Opening.Party party = new Opening.Party(1, 8, null, Opening.Party.ROUTE_ON_SSN);
        pushes.add(
                new MessageDesk.Begin(
                        1,
                        operation,
                        new Opening(
                                DialogKind.PUSHED,
                                string(text),
                                text,
                                null,
                                Address.international(to),
                                null,
                                party,
                                party,
                                "00000002",
                                "00000003",
                                null)));
        return this;
    }

    ScriptedNetwork takingNoDialogs() {
        broken = true;
        return this;
    }

    static Message menu(String text) {
        return menu(string(text));
    }

    static Message menu(UssdString string) {
        return invoke(Operation.UNSTRUCTURED_SS_REQUEST, string);
    }

    static Message notifying(String text) {
        return invoke(Operation.UNSTRUCTURED_SS_NOTIFY, string(text));
    }

    static Message invoke(int operation, UssdString string) {
        return new Message.Continue(List.of(new Component.Invoke(1, operation, string)));
    }

    static Message respond(String text) {
        return respond(string(text));
    }

    static Message respond(UssdString string) {
        return result(string);
    }

    static Message respondNothing() {
        return result(null);
    }

    private static Message result(@Nullable UssdString string) {
        return new Message.End(
                List.of(
                        new Component.Result(
                                0, Operation.PROCESS_UNSTRUCTURED_SS_REQUEST, string)));
    }

    static Message decline(int code) {
        return new Message.End(List.of(new Component.ErrorReturned(0, code)));
    }

    static Message close() {
        return new Message.End(List.of());
    }

    static Message abort() {
        return new Message.Abort("the far side broke it off");
    }

    static Message reject() {
        return new Message.Continue(List.of(new Component.Rejected(0, "mistyped parameter")));
    }

    static UssdString string(String text) {
        try {
            return UssdString.encode(text, Dcs.UNSPECIFIED);
        } catch (UnsendableText e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public MessageLink begin(Call call, MessageLink.Receiver receiver) {
        if (broken) {
            throw new IllegalStateException("no more dialogs");
        }
        heard.add("dial " + show(call.ussd()));
        Link link = new Link(receiver);
        link.answer();
        return link;
    }

    @Override
    public void locate(@Nullable Locator locator) {}

    @Override
    public void receive(@Nullable Taker taker) {
        if (taker == null) {
            isOff = true;
            return;
        }
        for (MessageDesk.Begin begin : pushes) {
            Link link = new Link(message -> {});
            link.receiver = taker.begun(begin, link);
        }
    }

    @Override
    public int openHandsetDialogs() {
        return 0;
    }

    private static String show(UssdString string) {
        try {
            return string.dcs().octet() + " " + string.decode();
        } catch (UndecodableString e) {
            throw new IllegalArgumentException(e);
        }
    }

    private final class Link implements MessageLink {
        private Receiver receiver;

        Link(Receiver receiver) {
            this.receiver = receiver;
        }

        void answer() {
            List<Message> turn = turns.poll();
            if (turn != null) {
                turn.forEach(receiver::arrived);
            }
        }

        @Override
        public String localTid() {
            return "00000001";
        }

        @Override
        public Optional<String> send(Message message) throws DialogGoneException {
            if (deaf) {
                throw new DialogGoneException("gone");
            }
            heard.add(
                    switch (message) {
                        case Message.Continue(var components) ->
                                "continue " + show(components.getFirst());
                        case Message.End(var components) ->
                                components.isEmpty() ? "end" : "end " + show(components.getFirst());
                        case Message.Abort abort -> "abort";
                    });
            if (message instanceof Message.Continue) {
                answer();
            }
            return Optional.empty();
        }

        private static String show(Component component) {
            return switch (component) {
                case Component.Result(int id, int operation, UssdString string) ->
                        string == null ? "acknowledge" : ScriptedNetwork.show(string);
                case Component.ErrorReturned(int id, int code) -> "error " + code;
                default -> component.toString();
            };
        }

        @Override
        public void keepSecret(int invokeId) {}

        @Override
        public void forget() {
            throw new UnsupportedOperationException("a program does not vanish");
        }
    }
}
