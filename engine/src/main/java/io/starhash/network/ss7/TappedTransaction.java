package io.starhash.network.ss7;

import io.starhash.network.SignallingMessage;
import io.starhash.text.Dcs;
import io.starhash.text.UndecodableString;
import io.starhash.text.UssdString;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A TCAP message in the hands of the taps: whose it is, and the texts in it. */
final class TappedTransaction {
    private static final int INVOKE = 0xa1;
    private static final int RESULT_LAST = 0xa2;
    private static final int RESULT_NOT_LAST = 0xa7;
    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int MSISDN = 0x80;
    private static final int MAX_STRING = 160;

    private final byte[] userData;
    private final boolean engines;
    private final TransactionPortion portion;
    private final List<Text> answers = new ArrayList<>(0);
    private final List<Text> questions = new ArrayList<>(0);
    private int operation;
    private @Nullable String msisdn;

    /** The USSD string of an invoke or of a result. */
    private record Text(int invokeId, Dcs dcs, BerElement string) {}

    private TappedTransaction(byte[] userData, boolean engines) {
        this.userData = userData;
        this.engines = engines;
        this.portion = TransactionPortion.derive(userData);
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
                for (BerElement component : components.children()) {
                    transaction.component(component);
                }
            }
        } catch (TransactionPortion.BrokenException | NotBerException e) {
            // What was found before stands; the stack refuses the rest, so no answer is in it.
        }
        return transaction;
    }

    private void component(BerElement component) throws NotBerException {
        List<BerElement> fields = component.children();
        if (fields.isEmpty()) {
            return;
        }
        switch (component.tag()) {
            case INVOKE -> {
                operation = operation(fields);
                argument(fields.getLast());
                text(fields.getFirst(), fields.getLast(), questions);
            }
            case RESULT_LAST, RESULT_NOT_LAST -> {
                if (fields.size() == 2 && fields.get(0).tag() == INTEGER) {
                    result(fields.get(0), fields.get(1).children());
                }
            }
            default -> {}
        }
    }

    /** The code before the argument; 0 where it is none of one octet. */
    private static int operation(List<BerElement> fields) {
        BerElement code = fields.size() < 2 ? null : fields.get(fields.size() - 2);
        return code == null || code.tag() != INTEGER || code.length() != 1 ? 0 : code.contents()[0];
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

    private void result(BerElement invokeId, List<BerElement> result) throws NotBerException {
        if (result.size() >= 2) {
            text(invokeId, result.getLast(), answers);
        }
    }

    private static void text(BerElement invokeId, BerElement parameter, List<Text> texts)
            throws NotBerException {
        if (parameter.tag() != SEQUENCE) {
            return;
        }
        List<BerElement> ussd = parameter.children();
        if (ussd.size() >= 2
                && ussd.get(0).length() == 1
                && ussd.get(1).tag() == OCTET_STRING
                && ussd.get(1).length() <= MAX_STRING
                && invokeId.length() == 1) {
            texts.add(
                    new Text(
                            invokeId.contents()[0],
                            new Dcs(ussd.get(0).contents()[0] & 0xff),
                            ussd.get(1)));
        }
    }

    /**
     * Masks the secret answers of the far side, the secret part of what it dials, and what the
     * engine sends that is secret itself; false where there is nothing of the kind.
     */
    boolean mask(Taps.Secrecy secrecy) {
        if (engines) {
            return secrecy.hidesTexts() && maskTexts();
        }
        return portion.kind() == TransactionKind.BEGIN
                ? maskDialled(secrecy)
                : mask(answered(secrecy));
    }

    private boolean maskDialled(Taps.Secrecy secrecy) {
        boolean masked = false;
        for (Text text : questions) {
            byte[] octets = text.string().contents();
            UssdString ussd = new UssdString(text.dcs(), octets);
            String dialled = readable(ussd);
            BitSet hidden = secrecy.hidden(operation, dialled, msisdn);
            if (!hidden.isEmpty()) {
                put(
                        text,
                        dialled == null
                                ? UssdString.mask(text.dcs(), octets.length)
                                : ussd.masked(hidden));
                masked = true;
            }
        }
        return masked;
    }

    private static @Nullable String readable(UssdString ussd) {
        try {
            return ussd.decode();
        } catch (UndecodableString e) {
            return null;
        }
    }

    /** Masks every text; false where there is none. */
    boolean maskTexts() {
        return mask(Stream.concat(questions.stream(), answers.stream()).toList());
    }

    private boolean mask(List<Text> secret) {
        secret.forEach(this::mask);
        return !secret.isEmpty();
    }

    private List<Text> answered(Taps.Secrecy secrecy) {
        byte[] tid = portion.destinationId();
        return tid == null
                ? List.of()
                : answers.stream()
                        .filter(answer -> secrecy.isSecret(tid, answer.invokeId()))
                        .toList();
    }

    private void mask(Text text) {
        put(text, UssdString.mask(text.dcs(), text.string().length()));
    }

    private void put(Text text, byte[] octets) {
        System.arraycopy(octets, 0, userData, text.string().content(), octets.length);
    }

    byte[] userData() {
        return userData;
    }

    SignallingMessage.@Nullable Transaction summary() {
        String from = hex(portion.originatingId());
        String to = hex(portion.destinationId());
        boolean ends =
                portion.kind() == TransactionKind.END || portion.kind() == TransactionKind.ABORT;
        return from == null && to == null
                ? null
                : new SignallingMessage.Transaction(
                        ends, engines ? from : to, engines ? to : from, msisdn);
    }

    private static @Nullable String hex(byte @Nullable [] id) {
        return id == null ? null : HexFormat.of().formatHex(id);
    }
}
