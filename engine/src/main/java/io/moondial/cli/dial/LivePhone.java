package io.moondial.cli.dial;

import io.moondial.admin.client.AdminClient;
import io.moondial.admin.client.AdminClient.NotRunningException;
import io.moondial.admin.client.AdminClient.RefusedException;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.cli.OwnEngine;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UnsendableText;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A handset that dials the engine that runs, or takes what that pushes, through its interface:
 * nothing is started here.
 */
final class LivePhone implements Conversation.Line, Conversation.Listener {
    private static final Logger log = LoggerFactory.getLogger(LivePhone.class);
    private static final String PHONES = "/v1/phone";
    private static final String DIALOGS = "/v1/dialogs";
    private static final int HTTP_BAD_REQUEST = 400;
    private static final int HTTP_CONFLICT = 409;

    /** How long a dialog may take to end for the engine that has ended for the handset. */
    private static final Duration FINISHING = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    /** The engine answers after so long, even if nothing has come. */
    private static final Duration LOOK = Duration.ofSeconds(20);

    private final JsonMapper json = new JsonMapper();
    private final AdminClient client;
    private final Dcs dcs;
    private final String id;

    /** Whether it takes pushes, and has to be turned off at the end. */
    private final boolean waits;

    private volatile JsonNode phone;

    /** The menus whose answers are secret, by their number. */
    private final Set<Integer> secret = ConcurrentHashMap.newKeySet();

    /** Of the menu that the conversation has come to; its own thread alone looks at it. */
    private boolean asksForSecret;

    private volatile @Nullable Exception failure;
    private int shown;
    private Duration finishing = FINISHING;

    /**
     * Dials, or is on and waits.
     *
     * @param dialled as the interface takes it
     */
    LivePhone(AdminClient client, ObjectNode dialled, int dcs)
            throws NotRunningException, RefusedException, InterruptedException {
        this.client = client;
        this.dcs = new Dcs(dcs);
        waits = dialled.has("on");
        phone = client.post(PHONES).body(dialled).answer();
        id = phone.path("phone_id").asString("");
    }

    /** From now on so long is waited for the engine to note the end of a dialog. */
    LivePhone finishingWithin(Duration longest) {
        finishing = longest;
        return this;
    }

    /** What somebody does with a phone. */
    @FunctionalInterface
    interface Use {
        /** The result is the exit code. */
        int hold() throws InterruptedException;
    }

    /** The phone is used; if the process ends meanwhile, it hangs up. */
    int held(Use use) throws InterruptedException {
        Thread interrupted = Thread.ofPlatform().name("stop").unstarted(this::hangUp);
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            return use.hold();
        } finally {
            OwnEngine.forget(interrupted);
            if (waits) {
                hangUp();
            }
        }
    }

    /** Whether the engine can still be asked. */
    boolean isWhole() {
        return failure == null;
    }

    /** From now on each screen is told as it comes, until the last one of a dialog. */
    void show(Consumer<Screen> eyes) {
        // the process may end while nothing comes
        Thread.ofPlatform().daemon().name("phone").start(() -> watch(eyes));
    }

    private void watch(Consumer<Screen> eyes) {
        try {
            while (!tell(eyes)) {
                phone =
                        client.get(PHONES)
                                .segment(id)
                                .with("after", shown)
                                .with("wait_ms", LOOK.toMillis())
                                .within(LOOK.plus(AdminClient.PATIENCE))
                                .answer();
            }
        } catch (NotRunningException | RefusedException e) {
            failure = e;
            eyes.accept(new Screen.Abort("the connection to the engine is lost"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells what is new; whether that was the last. */
    private boolean tell(Consumer<Screen> eyes) {
        JsonNode screens = phone.path("screens");
        while (shown < screens.size()) {
            int number =
                    shown++; // first: with the last screen, another conversation may go on here
            JsonNode now = screens.path(number);
            if (now.path("secret_answer").asBoolean(false)) {
                secret.add(number);
            }
            Screen screen = screen(now, number);
            eyes.accept(screen);
            if (screen.isLast()) {
                return true;
            }
        }
        if (phone.path("state").asString("").equals("ended")) {
            eyes.accept(new Screen.Abort("the engine's handset has given up"));
            return true;
        }
        return false;
    }

    private static Screen screen(JsonNode screen, int number) {
        String text = screen.path("text").asString("");
        return switch (screen.path("kind").asString("")) {
            case "menu" -> new Screen.Menu(number, text);
            case "notify" -> new Screen.Notify(number, text);
            case "respond" -> new Screen.Respond(text);
            case "decline" -> new Screen.Decline(screen.path("code").asInt(0));
            case "acknowledge" -> new Screen.Acknowledge();
            case "close" -> new Screen.Close();
            case "abort" -> new Screen.Abort(text);
            default -> new Screen.Reject(text);
        };
    }

    @Override
    public boolean isSecret(String answer) {
        return asksForSecret;
    }

    @Override
    public void came(Screen screen) {
        if (screen instanceof Screen.Menu menu) {
            asksForSecret = secret.contains(menu.invokeId());
        }
    }

    @Override
    public void answered(String answer) {
        log.trace("an answer was sent");
    }

    @Override
    public void gaveUp() {
        log.trace("the handset has given up");
    }

    @Override
    public void answer(Screen.Menu menu, String text) throws UnsendableText, DialogGoneException {
        if (!text.isEmpty()) {
            UssdString.encode(text, dcs); // refused here as on a handset
        }
        send(json.createObjectNode().put("text", text));
    }

    @Override
    public void acknowledge(Screen.Notify notify) throws DialogGoneException {
        send(json.createObjectNode());
    }

    private void send(ObjectNode answer) throws DialogGoneException {
        try {
            client.post(PHONES).segment(id).segment("answer").body(answer).answer();
        } catch (RefusedException e) {
            if (e.status() == HTTP_BAD_REQUEST) {
                throw new IllegalStateException(e.getMessage(), e);
            }
            throw new DialogGoneException(String.valueOf(e.getMessage()));
        } catch (NotRunningException e) {
            failure = e;
            throw new DialogGoneException(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DialogGoneException("interrupted");
        }
    }

    @Override
    public void abandon() throws DialogGoneException {
        try {
            client.delete(PHONES).segment(id).answer();
        } catch (RefusedException e) {
            throw new DialogGoneException(String.valueOf(e.getMessage()));
        } catch (NotRunningException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #abandon}, where nobody is left who could be told of a failure. */
    void hangUp() {
        try {
            abandon();
        } catch (DialogGoneException e) {
            log.debug("the dialog had ended already", e);
        }
    }

    /** What kept the engine from being asked, if something did. */
    void requireWhole() throws NotRunningException, RefusedException {
        switch (failure) {
            case NotRunningException gone -> throw gone;
            case RefusedException refused -> throw refused;
            case null, default -> {}
        }
    }

    /**
     * What was held, as a test in the language of {@code ussd test}.
     *
     * @throws RefusedException if the engine keeps no such dialog
     * @throws IOException if no script has taken it, so that there is nothing to keep
     */
    String asTest()
            throws NotRunningException, RefusedException, IOException, InterruptedException {
        String dialog = client.get(PHONES).segment(id).answer().path("instance_id").asString("");
        if (dialog.isEmpty()) {
            throw new IOException(
                    "nothing is recorded: no script has taken the dialog, so the engine has no history of it");
        }
        long end = System.nanoTime() + finishing.toNanos();
        while (true) {
            boolean runs = runs(dialog);
            try {
                return client.get(DIALOGS).segment(dialog).segment("test").text();
            } catch (RefusedException e) {
                if (e.status() != HTTP_CONFLICT || !runs || System.nanoTime() > end) {
                    throw e;
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
        }
    }

    /** The last screen can be here before the engine has noted that it was the last. */
    private boolean runs(String dialog)
            throws NotRunningException, RefusedException, InterruptedException {
        return client.get(DIALOGS)
                .segment(dialog)
                .answer()
                .path("dialog")
                .path("outcome")
                .asString("")
                .equals("open");
    }
}
