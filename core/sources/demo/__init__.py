"""The demo market, part by part: draws, anchors (what the last session must show), equities, mainland, crypto, on-chain."""
