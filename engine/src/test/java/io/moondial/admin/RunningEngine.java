package io.moondial.admin;

import io.moondial.Configuration;
import io.moondial.Engine;
import io.moondial.channel.Address;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.handset.Handset;
import io.moondial.handset.Screen;
import io.moondial.text.Dcs;
import io.moondial.text.UssdString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A whole engine with its control socket open, as serve has it, and handsets. */
public final class RunningEngine implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    public final Engine engine;
    public final Path rules;
    public final Path socket;

    /** One dialog of a handset. */
    public static final class Call {
        private final BlockingQueue<Screen> screens = new LinkedBlockingQueue<>();
        public final Handset handset;

        private Call(FarSide network, FarSide.Call call) {
            handset = Handset.begin(network, call, screens::add);
        }

        /** The next screen, which has to be of this kind. */
        public <T extends Screen> T next(Class<T> kind) throws InterruptedException {
            Screen screen = screens.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (screen == null) {
                throw new AssertionError("no screen came");
            }
            return kind.cast(screen);
        }
    }

    /** An engine on which every code runs this script, with these further lines of rules. */
    public RunningEngine(Path folder, String lua, String... furtherRules) throws Exception {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
        rules = folder.resolve("rules.yaml");
        Files.writeString(
                rules,
                "process: {triggers: [{script_key: main}]}\n" + String.join("\n", furtherRules));
        Configuration configuration = Configuration.read(rules);
        socket = configuration.rules().control().socket();
        engine = new Engine(configuration);
        try {
            engine.openAdmin(List.of());
            engine.start();
        } catch (Exception e) {
            engine.close();
            throw e;
        }
    }

    /** Dials from this number; null: the request names none. */
    public Call dial(@Nullable String msisdn, String code) throws Exception {
        return dial(engine.handsets(), msisdn, code);
    }

    /** Dials on the far side of a link. */
    public static Call dial(FarSide network, @Nullable String msisdn, String code)
            throws Exception {
        return new Call(
                network,
                new FarSide.Call(
                        Operation.PROCESS_UNSTRUCTURED_SS_REQUEST,
                        UssdString.encode(code, Dcs.UNSPECIFIED),
                        msisdn == null ? null : Address.international(msisdn),
                        null,
                        null,
                        6));
    }

    @Override
    public void close() {
        engine.close();
    }
}
