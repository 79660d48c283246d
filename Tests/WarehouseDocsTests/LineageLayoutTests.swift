import Testing
@testable import WarehouseDocs

@Suite struct LineageLayoutTests {
    /// A few hundred edges that always point to later nodes, from a fixed sequence.
    private static func random(_ count: Int, _ edgeCount: Int) -> [(from: Int, to: Int)] {
        var state: UInt64 = 20_260_124
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        return (0..<edgeCount).map { _ in
            let from = next(count - 1)
            return (from, from + 1 + next(min(20, count - from - 1)))
        }
    }

    @Test func nodesStandRightOfWhatTheyRead() {
        let edges = Self.random(120, 300)
        let layout = LineageLayout(nodeCount: 120, edges: edges)
        for edge in edges {
            #expect(layout.corners[edge.from].x + LineageLayout.nodeWidth < layout.corners[edge.to].x)
        }
    }

    @Test func nodesDoNotOverlap() {
        let layout = LineageLayout(nodeCount: 120, edges: Self.random(120, 300))
        for first in 0..<120 {
            for second in (first + 1)..<120 where layout.corners[first].x == layout.corners[second].x {
                #expect(abs(layout.corners[first].y - layout.corners[second].y) >= LineageLayout.nodeHeight)
            }
            #expect(layout.corners[first].y >= 0)
            #expect(layout.corners[first].y + LineageLayout.nodeHeight <= layout.height + 0.2)
            #expect(layout.corners[first].x + LineageLayout.nodeWidth <= layout.width)
        }
    }

    @Test func edgesRunFromSideToSide() {
        let edges = Self.random(40, 80)
        let layout = LineageLayout(nodeCount: 40, edges: edges)
        for (edge, route) in zip(edges, layout.routes) {
            let from = layout.corners[edge.from], to = layout.corners[edge.to]
            #expect(route.first?.x == from.x + LineageLayout.nodeWidth)
            #expect(route.last?.x == to.x)
            #expect(abs((route.first?.y ?? -99) - from.y - LineageLayout.nodeHeight / 2) < 0.2)
            #expect(abs((route.last?.y ?? -99) - to.y - LineageLayout.nodeHeight / 2) < 0.2)
        }
    }

    /// a-c and b-d cross when they are drawn in the order declared with c and d exchanged; they need not.
    @Test func avoidableCrossingsAreAvoided() {
        let layout = LineageLayout(nodeCount: 6, edges: [(0, 5), (1, 4), (2, 3)])
        #expect(layout.crossingCount == 0)
        #expect(LineageLayout(nodeCount: 4, edges: [(0, 2), (0, 3), (1, 2), (1, 3)]).crossingCount == 1)
    }

    @Test func nothingAndCirclesAreDrawn() {
        let empty = LineageLayout(nodeCount: 0, edges: [])
        #expect(empty.corners.isEmpty && empty.width == 0)
        let circle = LineageLayout(nodeCount: 2, edges: [(0, 1), (1, 0), (0, 0)])
        #expect(circle.corners.count == 2 && circle.routes.count == 3)
    }

    @Test func largeGraphsAreQuick() {
        let start = ContinuousClock.now
        let layout = LineageLayout(nodeCount: 500, edges: Self.random(500, 1200))
        #expect(layout.corners.count == 500)
        #expect(start.duration(to: .now) < .seconds(20))
    }
}
