package io.moondial.channel.ss7;

import static io.moondial.channel.ss7.Message.Operation.PROCESS_UNSTRUCTURED_SS_REQUEST;
import static io.moondial.channel.ss7.Message.Operation.UNSTRUCTURED_SS_NOTIFY;
import static io.moondial.channel.ss7.Message.Operation.UNSTRUCTURED_SS_REQUEST;

import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.NodeLink;
import io.moondial.channel.Opening.Party;
import io.moondial.channel.OutgoingRequest;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.dialog.FarIncoming;
import io.moondial.dialog.FarIncoming.Word;
import io.moondial.dialog.FarOutgoing;
import io.moondial.metrics.Counters;
import java.util.List;
import java.util.Optional;
import org.restcomm.protocols.ss7.map.api.MAPException;

/**
 * A dialog that we have begun with another USSD node: what comes as components is said in the words
 * of USSD, and what we say becomes components. The Invoke that began it is ours; its screens are
 * the node's.
 */
final class NodeDialog implements NodeLink, MessageLink.Receiver {
    private static final int OUR_INVOKE_ID = 1;

    private final MapLink link;
    private final Party us;
    private final Receiver receiver;
    private final Counters counters;

    private NodeDialog(MapLink link, Party us, Receiver receiver, Counters counters) {
        this.link = link;
        this.us = us;
        this.receiver = receiver;
        this.counters = counters;
    }

    /**
     * Begins a dialog over this link, on which nothing was sent yet.
     *
     * @param us how we show ourselves
     * @param counters takes {@code map.errors.OPERATION.CODE}, sent and received
     */
    static NodeLink begin(
            MapLink link, Party us, OutgoingRequest request, Receiver receiver, Counters counters)
            throws MAPException {
        NodeDialog dialog = new NodeDialog(link, us, receiver, counters);
        link.receiver(dialog);
        if (request.hidden()) {
            link.hideTexts();
        }
        link.begin(
                OUR_INVOKE_ID,
                PROCESS_UNSTRUCTURED_SS_REQUEST,
                new UssdParameter(request.ussd(), null, request.msisdn()),
                null);
        return dialog;
    }

    @Override
    public String localTid() {
        return link.localTid();
    }

    @Override
    public Party local() {
        return us;
    }

    @Override
    public void forget() {
        link.forget();
    }

    // ---- what we say

    @Override
    public Optional<String> send(FarOutgoing message) throws DialogGoneException {
        return switch (message) {
            case FarOutgoing.Answer(int screen, var text, boolean hidden) -> {
                if (hidden) {
                    link.hideTexts();
                }
                yield goOn(new Component.Result(screen, UNSTRUCTURED_SS_REQUEST, text));
            }
            case FarOutgoing.Acknowledge(int screen) ->
                    goOn(new Component.Result(screen, UNSTRUCTURED_SS_NOTIFY, null));
            case FarOutgoing.Fail(int screen, boolean asked, int code) -> {
                Optional<String> undelivered = goOn(new Component.ErrorReturned(screen, code));
                if (undelivered.isEmpty()) {
                    int operation = asked ? UNSTRUCTURED_SS_REQUEST : UNSTRUCTURED_SS_NOTIFY;
                    UssdDesk.countError(counters, operation, code);
                }
                yield undelivered;
            }
            case FarOutgoing.Abort(String reason) -> link.send(new Message.Abort(reason));
        };
    }

    private Optional<String> goOn(Component component) throws DialogGoneException {
        return link.send(new Message.Continue(List.of(component)));
    }

    // ---- what comes, on a network thread

    @Override
    public void arrived(Message message) {
        receiver.arrived(
                switch (message) {
                    case Message.Continue(var components) ->
                            new FarIncoming.Said(words(components), false);
                    case Message.End(var components) ->
                            new FarIncoming.Said(words(components), true);
                    case Message.Abort(var cause, String reason) ->
                            new FarIncoming.Aborted(cause, reason);
                });
    }

    private List<Word> words(List<Component> components) {
        return components.stream().map(this::word).toList();
    }

    private Word word(Component component) {
        return switch (component) {
            case Component.Invoke(int id, int operation, var text) ->
                    switch (operation) {
                        case UNSTRUCTURED_SS_REQUEST -> new Word.Shows(id, true, text);
                        case UNSTRUCTURED_SS_NOTIFY -> new Word.Shows(id, false, text);
                        default -> new Word.Wrong("an Invoke of " + Operation.name(operation));
                    };
            case Component.Result(int id, int operation, var text) ->
                    operation == PROCESS_UNSTRUCTURED_SS_REQUEST || text == null
                            ? new Word.Finishes(text)
                            : new Word.Wrong("a result of " + Operation.name(operation));
            case Component.Located located -> new Word.Wrong("a result of sendRoutingInfoForSM");
            case Component.ErrorReturned(int id, int code) -> {
                UssdDesk.countError(counters, PROCESS_UNSTRUCTURED_SS_REQUEST, code);
                yield new Word.Fails(code);
            }
            case Component.Rejected(var id, String problem) -> new Word.Rejects(problem);
            case Component.Undecodable(int id, int operation, String why) ->
                    new Word.Wrong(
                            "a component of %s that cannot be decoded: %s"
                                    .formatted(Operation.name(operation), why));
            case Component.UnknownInvoke(var id, String problem) ->
                    new Word.Stray(
                            "a component for invoke %s, which was never sent or is answered: %s"
                                    .formatted(id, problem));
        };
    }
}
