package io.moondial.modules.n2svcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.moondial.cli.InProcess;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts for N2SVCD in the engine: an inbound notify, and waits that others end. */
class N2svcdDialogsTest {
    @TempDir Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(folder.resolve("scripts"));
        Files.writeString(
                folder.resolve("rules.yaml"),
                """
                process: {triggers: [{script_key: main}]}
                notify: {triggers: [{script_key: main}]}
                script: {grace_time: 4s, max_time: 1m, max_kills: 1}
                log: {level: error}
                """);
    }

    private void script(String lua) throws IOException {
        Files.writeString(folder.resolve("scripts/main.lua"), lua);
    }

    private int ussd(String verb, String... more) {
        String[] arguments = new String[more.length + 3];
        arguments[0] = verb;
        arguments[1] = "--rules";
        arguments[2] = folder.resolve("rules.yaml").toString();
        System.arraycopy(more, 0, arguments, 3, more.length);
        return InProcess.ussd(out, err, arguments);
    }

    private void assertPasses(String dialogs) throws IOException {
        Path file = Files.writeString(folder.resolve("scripts/main.dialog"), dialogs);
        assertThat(ussd("test", file.toString())).as("%s%s", out, err).isZero();
    }

    @Test
    void a_script_of_an_inbound_notify_acknowledges_and_knows_its_service() throws IOException {
        script(
                """
                local n2svcd = require "n2.n2svcd"
                return n2svcd.handler (function (request)
                  n2svcd.stat_increment (SERVICE_MODULE:gsub ("::", "."))
                  n2svcd.write_edr ("GOT", { TEXT = request.text })
                end)
                """);
        assertPasses(
                """
                test "pushed"
                push Hello
                acknowledge
                stat SigtranApp.UssdNotifyLuaService 1
                edr GOT TEXT=Hello

                test "dialled"
                dial *1#
                respond ~ .*
                stat SigtranApp.ProcessUssdLuaService 1
                """);
    }

    @Test
    void in_the_script_of_a_notify_no_screen_is_shown() throws IOException {
        script(
                """
                local ussd_api = require "n2.n2svcd.ussd"
                ussd_api.menu ("1. Yes")
                """);
        assertPasses(
                """
                test "refused"
                push Hello
                abort
                edr USSD-SHUTDOWN EXCEPTION~.*main.lua:2.*
                """);
    }

    @Test
    void a_wait_ends_with_the_grace_time_and_with_the_time_of_the_script_and_is_no_broken_limit()
            throws IOException {
        script(
                """
                local n2svcd = require "n2.n2svcd"
                local ussd_api = require "n2.n2svcd.ussd"
                ussd_api.menu ("Go on?")
                n2svcd.stat_increment ("waits")
                n2svcd.wait (600)
                n2svcd.stat_increment ("waited")
                """);
        assertPasses(
                """
                test "the far side gives up"
                dial *1#
                menu Go on?
                answer 1
                stat waits 1
                abandon
                wait 3999ms
                no edr USSD-SHUTDOWN
                wait 10ms
                edr USSD-SHUTDOWN EXCEPTION~".*not finished within.*"
                stat waited 0
                dial *1#
                menu Go on?
                abandon

                test "the script takes too long"
                dial *1#
                menu Go on?
                answer 1
                wait 61s
                abort
                edr USSD-SHUTDOWN EXCEPTION~.*main.lua:5.*
                dial *1#
                menu Go on?
                abandon
                """);
    }

    @Test
    void a_wait_in_a_running_engine_goes_by_the_clock() throws IOException {
        script(
                """
                local n2svcd = require "n2.n2svcd"
                local before = os.clock ()
                n2svcd.wait (0.05)
                return os.clock () - before > 0.04 and "waited" or "too short"
                """);
        assertThat(ussd("dial", "*1#")).as(err.toString()).isZero();
        assertThat(out.toString()).isEqualToNormalizingNewlines("respond waited\n");
    }
}
