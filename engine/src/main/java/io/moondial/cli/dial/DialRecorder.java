package io.moondial.cli.dial;

import io.moondial.channel.Address;
import io.moondial.dialog.DialogFact;
import io.moondial.dialog.DialogFact.Sending;
import io.moondial.dialog.DialogKind;
import io.moondial.dialogtest.language.Recorded;
import io.moondial.dialogtest.language.Recorded.PassingIds;
import io.moondial.dialogtest.language.SecretDigits;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.logic.DialogIdentity;
import io.moondial.logic.DialogListener;
import io.moondial.logic.LuaService;
import io.moondial.text.Dcs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a dialled conversation, to be added to a file as a test. The engine says what is secret in
 * it. A running engine elsewhere does not say that, so its conversations may not be kept.
 */
final class DialRecorder implements DialogListener, Conversation.Listener {
    private static final Sending UNTOLD = new Sending("", false, false);

    private final @Nullable Path file;
    private final List<LuaService> services;
    private final boolean push;
    private final String text;
    private final Recorded recorded = new Recorded();
    private final List<Sending> sent = new CopyOnWriteArrayList<>();
    private volatile @Nullable DialogIdentity begun;
    private @Nullable String msisdn;
    private boolean opened;
    private int screens;
    private Sending asked = UNTOLD;
    private boolean waiting;
    private long since;

    /**
     * @param file null: nothing is kept
     * @param services of the engine that is dialled; none if it is elsewhere
     * @param push whether the text is pushed, else it is dialled
     */
    DialRecorder(@Nullable Path file, List<LuaService> services, boolean push, String text) {
        this.file = file;
        this.services = List.copyOf(services);
        this.push = push;
        this.text = text;
    }

    @Override
    public void told(DialogIdentity dialog, Instant at, DialogFact fact) {
        switch (fact) {
            case DialogFact.Begun b -> begun = dialog;
            case Sending sending -> sent.add(sending);
            case DialogFact.ScriptCalled called when file != null -> recorded.given(called);
            default -> {}
        }
    }

    void heldBy(Subscriber subscriber, Dcs dcs) {
        Address number = subscriber.msisdn();
        msisdn = number == null ? null : number.digits();
        recorded.heldBy(subscriber, dcs, null); // dial sends none
    }

    @Override
    public void came(Screen screen) {
        open();
        if (waiting) {
            recorded.waited(Duration.ofNanos(System.nanoTime() - since));
        }
        screens++;
        if (screen instanceof Screen.Menu) {
            asked = newest();
        }
        DialogIdentity known = begun;
        recorded.came(
                screen,
                newest().secretText(),
                known == null
                        ? PassingIds.NONE
                        : PassingIds.of(known.instanceId(), known.opening()));
        waiting = screen instanceof Screen.Menu;
        since = System.nanoTime();
    }

    /** What began the dialog: known only when the engine has said which trigger matched. */
    private void open() {
        if (!opened) {
            opened = true;
            DialogIdentity known = begun;
            boolean clear = known != null && known.opening().mask() == null;
            recorded.opened(push, clear ? text : withoutSecrets());
        }
    }

    private String withoutSecrets() {
        DialogKind kind = push ? DialogKind.NOTIFIED : DialogKind.DIALLED;
        return services.stream()
                .filter(service -> service.kind() == kind)
                .map(service -> SecretDigits.dialled(text, service.hidden(text, msisdn)))
                .findFirst()
                .orElse(text);
    }

    @Override
    public boolean isSecret(String answer) {
        return asked.isSecret(answer);
    }

    /** What has been told of the newest screen. */
    private Sending newest() {
        return screens > 0 && screens <= sent.size() ? sent.get(screens - 1) : UNTOLD;
    }

    @Override
    public void answered(String answer) {
        recorded.answered(false, false, answer, isSecret(answer));
        waiting = false;
    }

    @Override
    public void gaveUp() {
        recorded.did("abandon", "");
    }

    /** Adds the test, if that is wanted. */
    void write(PrintWriter err) throws IOException {
        open();
        if (file != null) {
            err.println("ussd: recorded in " + file + " as \"" + recorded.addTo(file) + "\"");
        }
    }
}
