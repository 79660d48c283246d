/// Where the nodes and edges of a lineage graph are drawn: in layers from left to right, each node right of all that
/// it reads, with few crossings.
///
/// The steps are those of Sugiyama's method: layers by the longest path; a bend for each layer that an edge passes;
/// orders within the layers by the mean place of neighbours; heights as near to the neighbours' as the order allows.
package struct LineageLayout: Sendable {
    package struct Point: Hashable, Sendable {
        package var x: Double
        package var y: Double
    }
    package static let nodeWidth = 210.0
    package static let nodeHeight = 42.0
    private static let layerGap = 64.0
    private static let nodeGap = 16.0
    private static let bendHeight = 6.0

    /// The upper left corners of the nodes, in the order given.
    package private(set) var corners: [Point] = []
    /// The points of the edges, in the order given, from the right side of the one to the left side of the other.
    package private(set) var routes: [[Point]] = []
    package private(set) var width = 0.0
    package private(set) var height = 0.0
    /// How many pairs of edges cross.
    package private(set) var crossingCount = 0

    /// Of each vertex (first the nodes, then the bends).
    private var layerOf: [Int]
    private let nodeCount: Int
    private var inputs: [[Int]]
    private var outputs: [[Int]]
    /// Vertices of each layer from top to bottom.
    private var layers: [[Int]] = []

    /// Takes edges as pairs of node numbers, from what is read to what reads it. Edges that close a circle are drawn
    /// backwards.
    package init(nodeCount: Int, edges: [(from: Int, to: Int)]) {
        self.nodeCount = nodeCount
        layerOf = LineageLayout.layering(nodeCount, edges)
        inputs = Array(repeating: [], count: nodeCount)
        outputs = Array(repeating: [], count: nodeCount)
        var chains: [[Int]] = []
        for edge in edges { chains.append(addChain(from: edge.from, to: edge.to)) }
        layers = Array(repeating: [], count: (layerOf.max() ?? -1) + 1)
        placeFirst()
        reduceCrossings()
        let heights = settle()
        finish(heights, chains)
    }

    // MARK: Layers

    /// The longest path to each node; a node that reads nothing moves right, next to what reads it first.
    private static func layering(_ count: Int, _ edges: [(from: Int, to: Int)]) -> [Int] {
        var outputs: [[Int]] = Array(repeating: [], count: count)
        var waiting = Array(repeating: 0, count: count)
        for edge in edges where edge.from != edge.to {
            outputs[edge.from].append(edge.to)
            waiting[edge.to] += 1
        }
        let hasInputs = waiting.map { $0 > 0 }
        var layers = Array(repeating: 0, count: count)
        var open = (0..<count).filter { waiting[$0] == 0 }
        var next = 0
        while next < open.count {
            let node = open[next]
            next += 1
            for reader in outputs[node] {
                layers[reader] = max(layers[reader], layers[node] + 1)
                waiting[reader] -= 1
                if waiting[reader] == 0 { open.append(reader) }
            }
        }
        for node in 0..<count where !hasInputs[node] {
            if let nearest = outputs[node].map({ layers[$0] }).min() { layers[node] = max(0, nearest - 1) }
        }
        return layers
    }

    /// The vertices of an edge from end to end, with a bend in each layer between.
    private mutating func addChain(from: Int, to: Int) -> [Int] {
        var chain = [from]
        let start = layerOf[from], end = layerOf[to]
        if end > start {
            for layer in (start + 1)..<max(end, start + 1) {
                let bend = layerOf.count
                layerOf.append(layer)
                inputs.append([])
                outputs.append([])
                connect(chain[chain.count - 1], bend)
                chain.append(bend)
            }
            connect(chain[chain.count - 1], to)
        }
        chain.append(to)
        return chain
    }

    private mutating func connect(_ from: Int, _ to: Int) {
        outputs[from].append(to)
        inputs[to].append(from)
    }

    // MARK: Order

    /// Depth first from the left, so that what belongs together starts together.
    private mutating func placeFirst() {
        var seen = Array(repeating: false, count: layerOf.count)
        for root in 0..<layerOf.count where inputs[root].isEmpty {
            var open = [root]
            while let vertex = open.popLast() {
                guard !seen[vertex] else { continue }
                seen[vertex] = true
                layers[layerOf[vertex]].append(vertex)
                open += outputs[vertex].reversed()
            }
        }
        for vertex in 0..<layerOf.count where !seen[vertex] { layers[layerOf[vertex]].append(vertex) }
    }

    private mutating func reduceCrossings() {
        var best = layers
        var least = countCrossings()
        var withoutGain = 0
        for sweep in 0..<24 where least > 0 && withoutGain < 6 {
            let isForward = sweep % 2 == 0
            let order = isForward ? Array(layers.indices.dropFirst()) : Array(layers.indices.dropLast().reversed())
            for layer in order { sort(layer, by: isForward ? inputs : outputs) }
            let count = countCrossings()
            if count < least {
                least = count
                best = layers
                withoutGain = 0
            } else {
                withoutGain += 1
            }
        }
        layers = best
        crossingCount = least
    }

    /// Orders a layer by the mean place of its neighbours; vertices without any keep their place.
    private mutating func sort(_ layer: Int, by neighbours: [[Int]]) {
        let places = self.places
        let keys = layers[layer].enumerated().map { place, vertex -> Double in
            let near = neighbours[vertex]
            guard !near.isEmpty else { return Double(place) }
            return Double(near.reduce(0) { $0 + places[$1] }) / Double(near.count)
        }
        let order = layers[layer].indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        layers[layer] = order.map { layers[layer][$0] }
    }

    private var places: [Int] {
        var places = Array(repeating: 0, count: layerOf.count)
        for layer in layers { for (place, vertex) in layer.enumerated() { places[vertex] = place } }
        return places
    }

    /// Counts inversions between neighbouring layers with a Fenwick tree.
    private func countCrossings() -> Int {
        let places = self.places
        var total = 0
        for layer in layers.indices.dropLast() {
            let size = layers[layer + 1].count
            var tree = Array(repeating: 0, count: size + 1)
            var inserted = 0
            for vertex in layers[layer] {
                let ends = outputs[vertex].map { places[$0] }.sorted()
                for end in ends {
                    var sum = 0, index = end + 1
                    while index > 0 { sum += tree[index]; index -= index & -index }
                    total += inserted - sum
                }
                for end in ends {
                    var index = end + 1
                    while index <= size { tree[index] += 1; index += index & -index }
                    inserted += 1
                }
            }
        }
        return total
    }

    // MARK: Heights

    private func extent(_ vertex: Int) -> Double {
        vertex < nodeCount ? LineageLayout.nodeHeight : LineageLayout.bendHeight
    }

    /// The middle height of each vertex.
    private func settle() -> [Double] {
        var middles = Array(repeating: 0.0, count: layerOf.count)
        for layer in layers {
            var y = 0.0
            for vertex in layer {
                middles[vertex] = y + extent(vertex) / 2
                y += extent(vertex) + LineageLayout.nodeGap
            }
        }
        for sweep in 0..<16 {
            let isForward = sweep % 2 == 0
            let order = isForward ? Array(layers.indices) : Array(layers.indices.reversed())
            for layer in order {
                let wanted = layers[layer].map { vertex -> Double in
                    let first = isForward ? inputs[vertex] : outputs[vertex]
                    let near = first.isEmpty ? (isForward ? outputs[vertex] : inputs[vertex]) : first
                    guard !near.isEmpty else { return middles[vertex] }
                    return near.reduce(0) { $0 + middles[$1] } / Double(near.count)
                }
                for (vertex, y) in zip(layers[layer], spread(layers[layer], wanted)) { middles[vertex] = y }
            }
        }
        return middles
    }

    /// The heights nearest to those wanted (least squares) that keep order and distances: neighbours that would overlap
    /// form a block that lies at the mean of what its members want.
    private func spread(_ layer: [Int], _ wanted: [Double]) -> [Double] {
        var offsets: [Double] = []
        var offset = 0.0
        for (index, vertex) in layer.enumerated() {
            if index > 0 { offset += (extent(layer[index - 1]) + extent(vertex)) / 2 + LineageLayout.nodeGap }
            offsets.append(offset)
        }
        var blocks: [(sum: Double, count: Int)] = []
        for (index, y) in wanted.enumerated() {
            var block = (sum: y - offsets[index], count: 1)
            while let last = blocks.last, last.sum / Double(last.count) > block.sum / Double(block.count) {
                block = (last.sum + block.sum, last.count + block.count)
                blocks.removeLast()
            }
            blocks.append(block)
        }
        var result: [Double] = []
        for block in blocks {
            for _ in 0..<block.count { result.append(block.sum / Double(block.count) + offsets[result.count]) }
        }
        return result
    }

    // MARK: Drawing

    private mutating func finish(_ middles: [Double], _ chains: [[Int]]) {
        let top = layerOf.indices.map { middles[$0] - extent($0) / 2 }.min() ?? 0
        let step = LineageLayout.nodeWidth + LineageLayout.layerGap
        func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
        func x(_ vertex: Int) -> Double { Double(layerOf[vertex]) * step }
        corners = (0..<nodeCount).map {
            Point(x: x($0), y: rounded(middles[$0] - LineageLayout.nodeHeight / 2 - top))
        }
        routes = chains.map { chain in
            var points: [Point] = []
            for (index, vertex) in chain.enumerated() {
                let y = rounded(middles[vertex] - top)
                if index > 0 { points.append(Point(x: x(vertex), y: y)) }
                if index < chain.count - 1 { points.append(Point(x: x(vertex) + LineageLayout.nodeWidth, y: y)) }
            }
            return points
        }
        width = layers.isEmpty ? 0 : Double(layers.count) * step - LineageLayout.layerGap
        height = rounded((layerOf.indices.map { middles[$0] + extent($0) / 2 }.max() ?? 0) - top)
    }
}
