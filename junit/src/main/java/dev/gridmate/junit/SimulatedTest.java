package dev.gridmate.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs once for each of some seeds, each time on a simulated network of its own.
 *
 * <pre>{@code
 * @SimulatedTest(seeds = 20)
 * void aPlayerIsHeard(SimulatedNetwork network, GridMate serverSide, GridMate clientSide) {
 *     network.datagramFaults(DatagramFaults.NONE.withLoss(0.1));
 *     var server = new MyServer(serverSide, network.host("10.0.0.1"));
 *     var client = new MyClient(clientSide, network.host("10.0.0.2"));
 *     network.run(Duration.ofSeconds(10), server::tick, client::tick);
 *     assertTrue(server.heard(client));
 * }
 * }</pre>
 *
 * <p>The test method, and methods that run before and after it, can have parameters of these types:
 *
 * <table>
 * <caption>Parameters</caption>
 * <tr><th>type</th><th>what it is</th></tr>
 * <tr><td>{@code SimulatedNetwork}</td><td>the network, whose clock begins at zero; one for each run</td></tr>
 * <tr><td>{@code GridMate}</td><td>a new one for each parameter. The extension closes it after the test, and with it the
 *     drivers and carriers that belong to it.</td></tr>
 * <tr><td>{@code SplittableRandom}</td><td>the run's random numbers, for what the test itself draws</td></tr>
 * <tr><td>{@code long}, with {@link Seed}</td><td>the seed</td></tr>
 * </table>
 *
 * <p>A run that passes must leave nothing open on the network when its {@code GridMate} parameters are closed: no endpoint,
 * listener or datagram socket. Otherwise it fails and says what is open. A run fails, too, if a handler of events on one of
 * these {@code GridMate}s throws: a failed assertion in a handler is not lost.
 *
 * <p>A run that fails prints its seed, and how to run that seed alone: with the system property {@code gridmate.seed}. Then
 * every event on the network is printed too. The property {@code gridmate.seeds} sets the number of seeds for all tests,
 * for a long run at night.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(SimulatedTestExtension.class)
public @interface SimulatedTest {

    /**
     * {@return how many seeds the test runs with, 1 or more: 1, 2, 3 and so on}
     */
    int seeds() default 10;
}
