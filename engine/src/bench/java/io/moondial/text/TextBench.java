package io.moondial.text;

import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A text into the octets of a USSD string, and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TextBench {
    /** What is coded: an answer, a menu of the GSM alphabet, one that needs UCS2. */
    @Param({"ANSWER", "MENU", "CYRILLIC"})
    public Sample sample = Sample.ANSWER;

    private UssdString coded = new UssdString(Dcs.UNSPECIFIED, new byte[0]);

    /** Texts of the usual sizes. */
    public enum Sample {
        ANSWER("1"),
        MENU(
                """
                Welcome to Moondial
                1. Balance
                2. Airtime
                3. Bundles
                4. Transfer {ZAR 5}
                0. Back\
                """),
        CYRILLIC("Добро пожаловать\n1. Баланс\n2. Пополнение\n0. Назад");

        private final String text;

        Sample(String text) {
            this.text = text;
        }
    }

    /** The octets that are decoded. */
    @Setup
    public void encodeOnce() throws UnsendableText {
        coded = UssdString.encode(sample.text, Dcs.UNSPECIFIED);
    }

    /** Text to octets. */
    @Benchmark
    public UssdString encode() throws UnsendableText {
        return UssdString.encode(sample.text, Dcs.UNSPECIFIED);
    }

    /** Octets to text. */
    @Benchmark
    public String decode() throws UndecodableString {
        return coded.decode();
    }
}
