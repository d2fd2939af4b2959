package io.moondial.cli;

import io.moondial.ConfigurationException;
import io.moondial.control.ControlClient;
import io.moondial.control.NotRunningException;
import io.moondial.control.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code ussd status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Asks a running serve how it stands: links, dialogs, scripts, EDR streams, heap, counters.",
            "The rules file says where its control socket is. Exits with 1 if something needs attention: a link that",
            "is down, a reload that was refused, records that wait or fail; with 3 if no engine answers."
        })
final class StatusCommand implements Callable<Integer> {
    private static final int LOOK_MILLIS = 20;

    @Mixin private RulesOption rules;

    @Option(names = "--json", description = "One JSON object on one line.")
    private boolean json;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long to wait for an engine that is starting. Default: not at all.")
    private @Nullable Duration patience;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    StatusCommand() {}

    @Override
    public Integer call()
            throws ConfigurationException,
                    NotRunningException,
                    RefusedException,
                    IOException,
                    InterruptedException {
        try (ControlClient client = connected(rules.controlSocket())) {
            JsonNode status = client.status();
            var out = spec.commandLine().getOut();
            if (json) {
                out.println(status);
            } else {
                new StatusTable(out).print(status);
            }
            out.flush();
            return status.path("attention").isEmpty() ? ExitCode.GOOD : ExitCode.FAILED;
        }
    }

    private ControlClient connected(Path socket)
            throws NotRunningException, IOException, InterruptedException {
        long end = System.nanoTime() + (patience == null ? 0 : patience.toNanos());
        while (true) {
            try {
                return new ControlClient(socket);
            } catch (NotRunningException e) {
                if (System.nanoTime() >= end) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }
}
