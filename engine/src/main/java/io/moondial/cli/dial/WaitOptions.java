package io.moondial.cli.dial;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether a handset takes what is pushed to it, and how often and how long it waits for that. */
final class WaitOptions {
    private static final int MAX_PUSHES = 1_000_000;

    @Option(
            names = "--wait",
            description =
                    "Nothing is dialled: takes what is pushed to the handset (--msisdn) by a running engine (--live, --connect-admin or --connect). All words are answers. Without --msisdn, with --connect, it takes what is pushed to anybody. Not with --record.")
    private boolean wait;

    @Option(
            names = "--stay",
            description =
                    "After the dialog of CODE, takes what is pushed to the handset (--msisdn). Not with --record.")
    private boolean stay;

    @Option(
            names = "--pushes",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "With --wait or --stay: exits after so many pushed dialogs, or with 1 after one that is broken off or runs out of answers. Default: ${DEFAULT-VALUE}.")
    private int pushes;

    @Option(
            names = "--within",
            paramLabel = "SECONDS",
            description =
                    "With --wait or --stay: how long to wait for each push; after that, exits with 1. Without it, the wait has no end.")
    private @Nullable Integer within;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    WaitOptions() {}

    /** Whether nothing is dialled. */
    boolean onlyWaits() {
        return wait;
    }

    /** Whether pushes are taken at all. */
    boolean takesPushes() {
        return wait || stay;
    }

    /** How many pushed dialogs are taken. */
    int pushes() {
        return pushes;
    }

    /** How long each of them is waited for. */
    Duration within() {
        return within == null ? Duration.ofDays(366) : Duration.ofSeconds(within);
    }

    /**
     * What they are beside the other options.
     *
     * @param ownEngine whether the engine is this process's own
     * @param notifies whether a text is to be sent
     * @param records whether a conversation is to be kept
     * @throws ParameterException if they make no sense
     */
    void check(boolean ownEngine, boolean notifies, boolean records) {
        if (wait && stay) {
            throw bad(
                    "--wait dials nothing, --stay waits after what was dialled: give one of them");
        }
        if (wait && notifies) {
            throw bad("--wait dials nothing, and --notify would send a text: give one of them");
        }
        if (wait && ownEngine) {
            throw bad(
                    "--wait needs an engine that runs: --live, --connect-admin or --connect; on an engine of its own, --stay takes what the dialled script pushes");
        }
        if (takesPushes() && records) {
            throw bad("--record is not for --wait and --stay: it has one dialled conversation");
        }
        if (pushes < 1 || pushes > MAX_PUSHES) {
            throw bad("--pushes is %d; 1 to %d is allowed".formatted(pushes, MAX_PUSHES));
        }
        if (within != null && (within < 1 || within > 86_400)) {
            throw bad("--within is %d; 1 to 86400 is allowed".formatted(within));
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
