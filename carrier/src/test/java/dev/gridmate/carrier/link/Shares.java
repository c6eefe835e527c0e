package dev.gridmate.carrier.link;

import java.lang.reflect.Proxy;

/** Shares of budgets, for what needs one. */
final class Shares {

    private Shares() {}

    /** A share of a budget with room for all. */
    static ReceiveBudget.Share any() {
        return of(new ReceiveBudget(1 << 30), () -> {});
    }

    /** A share of a budget. */
    static ReceiveBudget.Share of(ReceiveBudget budget, Runnable onTooMuch) {
        LinkListener listener = (LinkListener) Proxy.newProxyInstance(
                LinkListener.class.getClassLoader(), new Class<?>[] {LinkListener.class}, (proxy, method, args) -> {
                    onTooMuch.run();
                    return null;
                });
        return new ReceiveBudget.Share(budget, listener);
    }
}
