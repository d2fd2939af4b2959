package io.starhash.network.ss7;

import io.starhash.network.SignallingMessage;
import io.starhash.text.Dcs;
import io.starhash.text.UssdString;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A TCAP message in the hands of the taps: whose it is, and the answers in it. */
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
    private final List<Answer> answers = new ArrayList<>(0);
    private @Nullable String msisdn;

    /** A result with a USSD string. */
    private record Answer(int invokeId, Dcs dcs, BerElement string) {}

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
        switch (component.tag()) {
            case INVOKE -> argument(fields.getLast());
            case RESULT_LAST, RESULT_NOT_LAST -> {
                if (fields.size() == 2 && fields.get(0).tag() == INTEGER) {
                    result(fields.get(0), fields.get(1).children());
                }
            }
            default -> {}
        }
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
        if (result.size() < 2 || result.getLast().tag() != SEQUENCE) {
            return;
        }
        List<BerElement> ussd = result.getLast().children();
        if (ussd.size() >= 2
                && ussd.get(0).length() == 1
                && ussd.get(1).tag() == OCTET_STRING
                && ussd.get(1).length() <= MAX_STRING
                && invokeId.length() == 1) {
            answers.add(
                    new Answer(
                            invokeId.contents()[0],
                            new Dcs(ussd.get(0).contents()[0] & 0xff),
                            ussd.get(1)));
        }
    }

    /** Masks the secret answers of the far side; false where there are none. */
    boolean mask(Taps.Secrecy secrecy) {
        byte[] tid = portion.destinationId();
        boolean masked = false;
        if (!engines && tid != null) {
            for (Answer answer : answers) {
                if (secrecy.isSecret(tid, answer.invokeId())) {
                    mask(answer);
                    masked = true;
                }
            }
        }
        return masked;
    }

    private void mask(Answer answer) {
        byte[] mask = UssdString.mask(answer.dcs(), answer.string().length());
        System.arraycopy(mask, 0, userData, answer.string().content(), mask.length);
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
