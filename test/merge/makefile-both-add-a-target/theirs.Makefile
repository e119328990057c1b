.PHONY: build test clean

IMAGE := orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build
	npm ci
	npm test
	npm run lint

clean:
	rm -rf dist
