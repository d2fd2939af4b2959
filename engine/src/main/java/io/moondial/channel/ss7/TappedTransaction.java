package io.moondial.channel.ss7;

import io.moondial.channel.SignallingTap.SignallingMessage;
import io.moondial.channel.ss7.Message.Component;
import io.moondial.channel.ss7.UssdParameter.AddressCodec;
import io.moondial.channel.ss7.UssdParameter.MalformedException;
import io.moondial.channel.ss7.screening.BerElement;
import io.moondial.channel.ss7.screening.BerElement.NotBerException;
import io.moondial.channel.ss7.screening.TransactionPortion;
import io.moondial.channel.ss7.screening.TransactionPortion.TransactionKind;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A TCAP message as the taps get it: whose it is, and what in it nobody may read. What is masked
 * keeps its length. A text becomes asterisks under its own scheme; if there is none to be found,
 * because the message is broken or is something else than an answer, so does all that could hold
 * it, octet by octet.
 */
final class TappedTransaction {
    private static final int INVOKE = 0xa1;
    private static final int RESULT_LAST = 0xa2;
    private static final int ERROR = 0xa3;
    private static final int REJECT = 0xa4;
    private static final int RESULT_NOT_LAST = 0xa7;
    private static final int INTEGER = 0x02;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int LINKED_ID = 0x80;
    private static final int MSISDN = 0x80;
    private static final byte ASTERISK = '*';

    private final byte[] userData;
    private final boolean engines;
    private final TransactionPortion portion;
    private final List<Component> components = new ArrayList<>(1);
    private @Nullable String msisdn;

    /** Where what cannot be read begins; the end if all can be read. */
    private int unreadable;

    /**
     * A component as far as it can be read.
     *
     * @param invokeId null if it has none
     * @param operation of an Invoke; 0 if it has none of one octet
     * @param fields behind the invoke id and the code; null if they cannot be read
     */
    private record Component(
            BerElement element,
            @Nullable Integer invokeId,
            int operation,
            @Nullable List<BerElement> fields) {}

    /** The string of an argument or result, and what follows it. */
    private record Text(Dcs dcs, BerElement string, List<BerElement> rest) {}

    private TappedTransaction(byte[] userData, boolean engines) {
        this.userData = userData;
        this.engines = engines;
        this.portion = TransactionPortion.derive(userData);
        this.unreadable = portion.behindIds();
    }

    /**
     * Reads a message as far as that goes.
     *
     * @param engines whether the engine wrote it
     */
    static TappedTransaction read(byte[] userData, boolean engines) {
        TappedTransaction transaction = new TappedTransaction(userData, engines);
        try {
            BerElement components = transaction.portion.portions().components();
            if (components != null) {
                transaction.components(components);
            }
            transaction.unreadable = BerElement.read(userData, 0, userData.length).end();
        } catch (TransactionPortion.BrokenException | NotBerException e) {
            // What was found before is kept.
        }
        return transaction;
    }

    private void components(BerElement all) throws NotBerException {
        int next = all.content();
        while (next < all.contentEnd()) {
            unreadable = next;
            BerElement component = BerElement.read(userData, next, all.contentEnd());
            components.add(component(component));
            next = component.end();
        }
    }

    private Component component(BerElement element) {
        try {
            List<BerElement> fields = element.children();
            Integer invokeId = invokeId(fields);
            List<BerElement> behind = invokeId == null ? null : behindCode(element.tag(), fields);
            if (element.tag() == INVOKE && behind != null && !behind.isEmpty()) {
                argument(behind.getFirst());
            }
            return new Component(element, invokeId, operation(fields), behind);
        } catch (NotBerException e) {
            return new Component(element, null, 0, null);
        }
    }

    private static int operation(List<BerElement> fields) {
        int at = fields.size() > 1 && fields.get(1).tag() == LINKED_ID ? 2 : 1;
        return at < fields.size() && fields.get(at).tag() == INTEGER && fields.get(at).length() == 1
                ? fields.get(at).contents()[0]
                : 0;
    }

    private static @Nullable Integer invokeId(List<BerElement> fields) {
        return !fields.isEmpty()
                        && fields.getFirst().tag() == INTEGER
                        && fields.getFirst().length() == 1
                ? (int) fields.getFirst().contents()[0]
                : null;
    }

    /** A result has its code and its parameter in a SEQUENCE of their own. */
    private static List<BerElement> behindCode(int kind, List<BerElement> fields)
            throws NotBerException {
        List<BerElement> rest = fields.subList(1, fields.size());
        return switch (kind) {
            case INVOKE ->
                    behindCode(
                            !rest.isEmpty() && rest.getFirst().tag() == LINKED_ID
                                    ? rest.subList(1, rest.size())
                                    : rest);
            case RESULT_LAST, RESULT_NOT_LAST ->
                    rest.size() == 1 && rest.getFirst().tag() == SEQUENCE
                            ? behindCode(rest.getFirst().children())
                            : rest;
            case ERROR -> behindCode(rest);
            case REJECT -> List.of();
            default -> rest;
        };
    }

    private static List<BerElement> behindCode(List<BerElement> fields) {
        boolean code =
                !fields.isEmpty()
                        && (fields.getFirst().tag() == INTEGER
                                || fields.getFirst().tag() == OBJECT_IDENTIFIER);
        return code ? fields.subList(1, fields.size()) : fields;
    }

    private void argument(BerElement argument) throws NotBerException {
        if (argument.tag() == SEQUENCE) {
            for (BerElement field : argument.children()) {
                if (field.tag() == MSISDN) {
                    msisdn = digits(field.contents());
                }
            }
        }
    }

    private static @Nullable String digits(byte[] address) {
        try {
            return AddressCodec.decode(address).digits();
        } catch (MalformedException e) {
            return null;
        }
    }

    /**
     * Masks whatever the far side may have meant for a secret invoke, be it broken, late, for
     * another invoke or an Invoke itself; the secret part of what it dials; and what the engine
     * sends that is secret itself.
     */
    void mask(Taps.Secrecy secrecy) {
        if (engines) {
            if (secrecy.hidesTexts()) {
                maskTexts();
            }
            return;
        }
        byte[] tid = portion.destinationId();
        if (portion.kind() == TransactionKind.BEGIN) {
            maskDialled(secrecy);
            return;
        }
        if (tid == null) {
            maskUnreadable(true);
            return;
        }
        for (Component component : components) {
            if (isSecret(component, tid, secrecy)) {
                mask(component);
            }
        }
        maskDialled(secrecy); // in a dialog that was begun without its Invoke
        maskUnreadable(secrecy.hasSecrets(tid));
    }

    private void maskDialled(Taps.Secrecy secrecy) {
        for (Component component : components) {
            List<BerElement> fields = component.fields();
            Text text = fields == null || fields.isEmpty() ? null : text(fields.getFirst());
            UssdString ussd =
                    text == null ? null : new UssdString(text.dcs(), text.string().contents());
            String dialled = ussd == null ? null : readable(ussd);
            BitSet hidden = secrecy.hidden(component.operation(), dialled, msisdn);
            if (hidden.isEmpty()) {
                continue;
            }
            if (text == null || ussd == null || dialled == null) {
                mask(component);
            } else {
                put(text, ussd.masked(hidden));
            }
        }
    }

    private static @Nullable String readable(UssdString ussd) {
        try {
            return ussd.decodeKeyed();
        } catch (UndecodableString e) {
            return null;
        }
    }

    private void put(Text text, byte[] octets) {
        System.arraycopy(octets, 0, userData, text.string().content(), octets.length);
    }

    /** An Invoke's id is the far side's own. */
    private static boolean isSecret(Component component, byte[] tid, Taps.Secrecy secrecy) {
        Integer answered = component.element().tag() == INVOKE ? null : component.invokeId();
        return answered == null ? secrecy.hasSecrets(tid) : secrecy.isSecret(tid, answered);
    }

    /** Masks every text. */
    void maskTexts() {
        components.forEach(this::mask);
        maskUnreadable(true);
    }

    private void maskUnreadable(boolean secret) {
        if (secret) {
            fill(unreadable, userData.length);
        }
    }

    private void mask(Component component) {
        List<BerElement> fields = component.fields();
        if (fields == null) {
            fill(component.element().content(), component.element().contentEnd());
            return;
        }
        for (BerElement field : fields) {
            if (!maskText(field)) {
                blank(field);
            }
        }
    }

    /** Whether it is an argument or result with a text, which is masked. */
    private boolean maskText(BerElement parameter) {
        Text text = text(parameter);
        if (text == null) {
            return false;
        }
        put(text, UssdString.mask(text.dcs(), text.string().length()));
        text.rest().forEach(this::blank);
        return true;
    }

    private @Nullable Text text(BerElement parameter) {
        if (parameter.tag() != SEQUENCE) {
            return null;
        }
        try {
            List<BerElement> ussd = parameter.children();
            return ussd.size() < 2
                            || ussd.get(0).length() != 1
                            || ussd.get(1).tag() != OCTET_STRING
                            || ussd.get(1).length() > UssdString.MAX_OCTETS
                    ? null
                    : new Text(
                            new Dcs(userData[ussd.get(0).content()] & 0xff),
                            ussd.get(1),
                            ussd.subList(2, ussd.size()));
        } catch (NotBerException e) {
            return null;
        }
    }

    /** Tags and lengths stay if they can be distinguished from contents. */
    private void blank(BerElement element) {
        try {
            if (element.constructed()) {
                element.children().forEach(this::blank);
                return;
            }
        } catch (NotBerException e) {
            // No elements in it: all of it is contents.
        }
        fill(element.content(), element.contentEnd());
    }

    private void fill(int from, int to) {
        Arrays.fill(userData, from, to, ASTERISK);
    }

    byte[] userData() {
        return userData;
    }

    SignallingMessage.@Nullable Transaction summary(Taps.Secrecy secrecy) {
        String from = hex(portion.originatingId());
        String to = hex(portion.destinationId());
        boolean ends =
                portion.kind() == TransactionKind.END || portion.kind() == TransactionKind.ABORT;
        return from == null && to == null
                ? null
                : new SignallingMessage.Transaction(
                        ends, engines ? from : to, engines ? to : from, subscriber(secrecy));
    }

    /** What a dialog begins with has no number in it if the engine begins it. */
    private @Nullable String subscriber(Taps.Secrecy secrecy) {
        byte[] engineTid = engines ? portion.originatingId() : portion.destinationId();
        return msisdn != null || engineTid == null ? msisdn : secrecy.msisdn(engineTid);
    }

    private static @Nullable String hex(byte @Nullable [] id) {
        return id == null ? null : HexFormat.of().formatHex(id);
    }
}
