"""Five subjects, each described once in Japanese and once in English, as abstracts are written."""

JAPANESE = [
    "超伝導量子ビットを用いた量子誤り訂正の研究。表面符号により論理量子ビットの寿命を延ばし、誤り耐性量子計算の実現を目指す。",
    "光格子時計による測地学への応用。ストロンチウム原子の時計遷移を用い、重力ポテンシャルの差から標高差を計測する。",
    "ダイヤモンド中の窒素空孔中心を用いた量子センサーの開発。室温で生体試料の微小な磁場を高感度に検出する。",
    "量子鍵配送ネットワークの実証。光ファイバー上の単一光子により都市間で安全な鍵を共有し、量子中継の要素技術を確立する。",
    "トポロジカル絶縁体の表面状態における電子輸送の理論と実験。スピン運動量ロッキングを利用したスピントロニクス素子を提案する。",
]
ENGLISH = [
    "Quantum error correction with superconducting qubits. The surface code extends the lifetime of logical qubits, "
    "on the way to fault-tolerant quantum computation.",
    "Optical lattice clocks for geodesy. The clock transition of strontium atoms measures differences in height by "
    "the gravitational potential.",
    "Quantum sensors from nitrogen-vacancy centres in diamond, which detect the weak magnetic fields of biological "
    "samples at room temperature with high sensitivity.",
    "A network for quantum key distribution. Single photons in optical fibre share secure keys between cities, with "
    "the elements of quantum repeaters.",
    "Theory and experiment of electron transport in the surface states of topological insulators; spintronic devices "
    "by spin-momentum locking.",
]
OTHER_JAPANESE = [
    "表面符号を実装した超伝導プロセッサにおいて、論理量子ビットの誤り率が符号距離とともに減少することを示した。",
    "可搬型のストロンチウム光格子時計を用いて、二地点間の標高差を相対論的に測定した。",
    "ダイヤモンドの窒素空孔中心による磁場計測の感度を、生細胞の観察に必要な水準まで高めた。",
    "都市圏の光ファイバー網で量子鍵配送を長期に運用し、単一光子検出器の安定性を評価した。",
    "トポロジカル絶縁体薄膜の表面状態におけるスピン偏極電流を、電気的に検出した。",
]
BOTH = [f"{japanese} {english}" for japanese, english in zip(OTHER_JAPANESE, ENGLISH, strict=True)]
