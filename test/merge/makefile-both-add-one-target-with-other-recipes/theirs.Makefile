.PHONY: build test

IMAGE := orders:dev

clean:
	rm -rf dist

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build
	npm ci
	npm test
	npm run lint
